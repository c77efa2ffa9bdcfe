using System.Text.Json.Serialization;

namespace Finetune.Stages.Artifacts;

/// <summary>What of a generated text is the answer, and what does not matter when it is compared.</summary>
/// <param name="Take"><c>all</c>, <c>first_line</c>, <c>last_line</c>, <c>number</c>, <c>letter</c>, <c>regex</c> or
/// <c>json</c>.</param>
/// <param name="Ignore">Of <c>case</c>, <c>punctuation</c>, <c>articles</c>, <c>space</c>; ordinal order.</param>
public sealed record AnswerSettings(string Take, IReadOnlyList<string> Ignore)
{
    /// <summary>The pattern of <c>regex</c>, the key of <c>json</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Argument { get; init; }
}
