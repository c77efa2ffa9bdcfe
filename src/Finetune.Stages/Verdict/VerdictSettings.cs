using System.Text.Json.Serialization;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>What is measured.</summary>
/// <param name="Contenders">Names in document order, such as <c>zero_shot</c>, <c>few_shot_4</c>, <c>tuned</c>.</param>
/// <param name="Metrics">Metric names, document order.</param>
public sealed record VerdictSettings(IReadOnlyList<string> Contenders, IReadOnlyList<string> Metrics)
{
    /// <summary>How rows are grouped; not in the key where they are not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SliceSettings>? Slices { get; init; }

    /// <summary>The seeds that the tuned model was trained with, its own first; not in the key where there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<long>? Seeds { get; init; }

    /// <summary>Metrics of the document's own, name to expression; not in the key where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? Own { get; init; }

    /// <summary>The source of general questions; not in the key where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? General { get; init; }

    /// <summary>How generated text is read; not in the key where all of it is the answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnswerSettings? Answers { get; init; }
}

/// <summary>How rows are grouped.</summary>
/// <param name="Column">The column.</param>
/// <param name="ByLength">By the length of its text, not by its values.</param>
public sealed record SliceSettings(string Column, bool ByLength);
