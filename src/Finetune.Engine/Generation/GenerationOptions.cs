using Finetune.Engine.Generation.Sampling;

namespace Finetune.Engine.Generation;

/// <summary>How tokens are chosen and when it ends. A checkpoint's own sampling settings play no part.</summary>
/// <param name="MaxTokens">New tokens at most.</param>
/// <param name="Temperature">Divides the logits; 0 takes the likeliest token.</param>
/// <param name="TopK">Keeps the k likeliest tokens, and all as likely as the last of them; 0 is off.</param>
/// <param name="TopP">Keeps the smallest set of likeliest tokens whose probability reaches p; 1 is off.</param>
/// <param name="Seed">Draws depend on seed, place of the prompt and place of the token alone.</param>
/// <param name="Stop">Texts at which it ends; they are left out of the answer's text.</param>
/// <param name="IgnoreEos">Goes on past an end-of-sequence token.</param>
public sealed record GenerationOptions(
    int MaxTokens,
    double Temperature,
    int TopK,
    double TopP,
    long Seed,
    IReadOnlyList<string> Stop,
    bool IgnoreEos
)
{
    /// <summary>Ids that end an answer, beside the model's and the tokenizer's.</summary>
    public IReadOnlyList<int> Ends { get; init; } = [];

    /// <summary>What bends or bars scores beside temperature, top-k and top-p.</summary>
    public ScoreRules Rules { get; init; } = ScoreRules.None;

    /// <summary>The likeliest token each time, until the end of the sequence.</summary>
    public static GenerationOptions Greedy(int maxTokens) => new(maxTokens, 0, 0, 1, 0, [], false);
}

/// <summary>What followed a prompt.</summary>
/// <param name="Ids">New tokens, with the end-of-sequence token where that ended it.</param>
/// <param name="Text">Without special tokens and stop text; null without a tokenizer.</param>
/// <param name="StopReason"><c>eos</c>, <c>stop</c> or <c>length</c>.</param>
public sealed record GenerationResult(int[] Ids, string? Text, string StopReason);
