using System.Text.Json;

namespace Finetune.Stages.Artifacts;

/// <summary><c>finetune.json</c> in an exported model: how to ask it, so that a program needs no pipeline.</summary>
/// <param name="Version">Of this format.</param>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Boundary"><c>together</c>, <c>split</c> or <c>source</c> (the prompt is an encoder's input).</param>
/// <param name="MaxNewTokens">For free text.</param>
/// <param name="Templates">The evaluation's templates; ask with the first.</param>
public sealed record ModelCard(
    int Version,
    string Name,
    string Boundary,
    int MaxNewTokens,
    IReadOnlyList<CardTemplate> Templates
)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "finetune.json";

    /// <summary>The format that is written.</summary>
    public const int CurrentVersion = 1;

    /// <summary>How the file is written: as all artifacts, but indented for people.</summary>
    public static JsonSerializerOptions Options { get; } = new(StageJson.Options) { WriteIndented = true };
}

/// <summary>A template of an exported model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Prompt">Scriban text.</param>
/// <param name="Completion">Scriban text.</param>
/// <param name="Answer">The column that is the answer.</param>
/// <param name="Choices">The bare choices, where all rows share them.</param>
/// <param name="Completions">The completion of each choice.</param>
public sealed record CardTemplate(
    string Name,
    string Prompt,
    string Completion,
    string? Answer,
    IReadOnlyList<string>? Choices,
    IReadOnlyList<string>? Completions
);
