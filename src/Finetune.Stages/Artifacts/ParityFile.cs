using System.Text.Json;

namespace Finetune.Stages.Artifacts;

/// <summary>How an exported model, read back, answered beside the trained one: <c>parity.json</c>.</summary>
/// <param name="Version">Of this format; 1.</param>
/// <param name="Format">The export's format.</param>
/// <param name="Type">Its numbers, where the format has a choice.</param>
/// <param name="Lossless">Whether no number was rounded: every prompt must then be answered alike.</param>
/// <param name="Passed">Whether the export may be used.</param>
/// <param name="Prompts">Test prompts asked.</param>
/// <param name="EqualPrompts">Those answered with the same tokens.</param>
/// <param name="Tokens">Tokens of the trained model's answers.</param>
/// <param name="EqualTokens">Those up to which the answers are the same.</param>
/// <param name="LogProbGap">Mean difference of the log-probability of a token of the trained model's answers, without
/// sign.</param>
/// <param name="Differences">Prompts answered otherwise, in test order.</param>
public sealed record ParityRecord(
    int Version,
    string Format,
    string? Type,
    bool Lossless,
    bool Passed,
    int Prompts,
    int EqualPrompts,
    int Tokens,
    int EqualTokens,
    double LogProbGap,
    IReadOnlyList<ParityDifference> Differences
);

/// <summary>A prompt that trained and exported model answer otherwise.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Template">The template's name.</param>
/// <param name="Position">The first token that differs, counted from the answer's start.</param>
/// <param name="Trained">The trained model's answer.</param>
/// <param name="Exported">The exported model's answer.</param>
/// <param name="Margin">How far apart the exported model finds the two tokens, in log-probability.</param>
/// <param name="Tie">Whether that is within rounding, so that either is right.</param>
public sealed record ParityDifference(
    long Row,
    string Template,
    int Position,
    string Trained,
    string Exported,
    double Margin,
    bool Tie
);

/// <summary>Reads and writes <see cref="ParityRecord"/>.</summary>
public static class ParityFile
{
    /// <summary>The format that is written.</summary>
    public const int Version = 1;

    /// <summary>Reads a record.</summary>
    /// <exception cref="InvalidDataException">Not one.</exception>
    public static ParityRecord Read(string path) =>
        JsonSerializer.Deserialize<ParityRecord>(File.ReadAllText(path), StageJson.Options)
        ?? throw new InvalidDataException($"{Path.GetFileName(path)}: no record");

    /// <summary>Writes a record, one line.</summary>
    public static void Write(string path, ParityRecord record) =>
        File.WriteAllText(path, JsonSerializer.Serialize(record, StageJson.Options) + "\n");
}
