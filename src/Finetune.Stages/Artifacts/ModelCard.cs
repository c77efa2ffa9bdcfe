using System.Text.Json;
using System.Text.Json.Serialization;

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
/// <param name="Prompt">Scriban text; null with messages.</param>
/// <param name="Completion">Scriban text; null with messages.</param>
/// <param name="Answer">The column that is the answer.</param>
/// <param name="Choices">The bare choices, where all rows share them.</param>
/// <param name="Completions">The completion of each choice.</param>
/// <param name="Messages">Messages in Scriban, the answer last, for the chat template beside the model; null with a
/// prompt and a completion, and where rows are conversations themselves.</param>
public sealed record CardTemplate(
    string Name,
    string? Prompt,
    string? Completion,
    string? Answer,
    IReadOnlyList<string>? Choices,
    IReadOnlyList<string>? Completions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<CardMessage>? Messages = null
);

/// <summary>A message of a template.</summary>
/// <param name="Role">Who says it.</param>
/// <param name="Content">Scriban text.</param>
public sealed record CardMessage(string Role, string Content);
