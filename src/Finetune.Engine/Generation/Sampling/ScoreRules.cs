using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Generation.Sampling;

/// <summary>
/// What bends or bars scores beside temperature, top-k and top-p. The first eight hold for greedy answers too; those from
/// <see cref="TopH"/> on only where a temperature draws. Names and meanings are those of Transformers' generation
/// settings; every one is off by default.
/// </summary>
public sealed record ScoreRules
{
    /// <summary>Nothing bent, nothing barred.</summary>
    public static ScoreRules None { get; } = new();

    /// <summary>Taken from the score of every token that is there already.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Taken from a token's score each time it is there already.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Added to the score of a token list's last, where the others were the last ones so far.</summary>
    public IReadOnlyList<(IReadOnlyList<int> Ids, double Bias)> SequenceBias { get; init; } = [];

    /// <summary>Divides positive scores of tokens that are there already, and multiplies negative ones; 1 is off.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>No run of so many tokens comes twice; 0 is off.</summary>
    public int NoRepeatNgramSize { get; init; }

    /// <summary>Token lists that may not come.</summary>
    public IReadOnlyList<IReadOnlyList<int>> BadWords { get; init; } = [];

    /// <summary>Tokens that may not come.</summary>
    public IReadOnlyList<int> SuppressedTokens { get; init; } = [];

    /// <summary>Keeps likeliest tokens up to this share of the entropy; 1 is off.</summary>
    public double TopH { get; init; } = 1;

    /// <summary>Drops tokens less likely than this share of the likeliest; 0 is off.</summary>
    public double MinP { get; init; }

    /// <summary>Keeps the tokens whose information is nearest the entropy, up to this probability; 1 is off.</summary>
    public double TypicalP { get; init; } = 1;

    /// <summary>Drops tokens less likely than this; 0 is off.</summary>
    public double EpsilonCutoff { get; init; }

    /// <summary>The same, less strict where the distribution is flat; 0 is off.</summary>
    public double EtaCutoff { get; init; }

    /// <summary>Token lists of texts that may not come: as they stand and after a space, as words begin in a text.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="tokenizer">The model's.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Barred(IEnumerable<string> texts, Tokenizer tokenizer) =>
        [
            .. texts
                .SelectMany(text => new[] { text, $" {text}" })
                .Select(text => tokenizer.EncodeIds(text, addSpecialTokens: false))
                .Where(ids => ids.Length > 0),
        ];
}
