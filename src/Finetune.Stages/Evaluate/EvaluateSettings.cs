using System.Text.Json.Serialization;

namespace Finetune.Stages.Evaluate;

/// <summary>One contender.</summary>
/// <param name="Shots">Examples in the prompt; 0 for zero-shot and tuned.</param>
/// <param name="RandomInitialisation">Whether the base is random weights of <c>base</c>'s config.</param>
/// <param name="Precision"><c>fp32</c> or <c>bf16</c>.</param>
/// <param name="Boundary">See TokenizeSettings.</param>
/// <param name="MaxLength">The longest prompt + completion; longer ones are counted and answered with null.</param>
/// <param name="MaxNewTokens">For free text.</param>
/// <param name="Temperature">0 is greedy.</param>
/// <param name="TopK">0 is off.</param>
/// <param name="TopP">1 is off.</param>
/// <param name="Stop">Strings at which free text ends.</param>
/// <param name="Seed">For sampling and for choosing few-shot examples.</param>
public sealed record EvaluateSettings(
    int Shots,
    bool RandomInitialisation,
    string Precision,
    string Boundary,
    int MaxLength,
    int MaxNewTokens,
    double Temperature,
    int TopK,
    double TopP,
    IReadOnlyList<string> Stop,
    long Seed
)
{
    /// <summary><c>nf4</c>, <c>nf4-double</c>, or null: how the base's linear layers are held. Not in the key where null.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Quantization { get; init; }

    /// <summary>How examples are chosen: <c>first</c>, <c>each_label</c>, <c>nearest</c>; null, and not in the key, for
    /// <c>random</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Choose { get; init; }

    /// <summary>Which choice is the answer: <c>per_token</c>, <c>per_character</c>, <c>calibrated</c>; null, and not in the
    /// key, for the sum.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ChoiceScore { get; init; }

    /// <summary>What bends or bars scores; null, and not in the key, where nothing does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScoreSettings? Scores { get; init; }
}
