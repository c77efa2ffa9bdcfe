using Finetune.Engine.Generation;
using Finetune.Engine.Generation.Sampling;
using Finetune.Engine.Tokenizers;

namespace Finetune.Stages.Evaluate;

/// <summary>How a contender writes free text: the engine's options of a step's settings.</summary>
public static class FreeText
{
    /// <summary>The options.</summary>
    /// <param name="settings">The step's.</param>
    /// <param name="tokenizer">Turns barred texts into tokens.</param>
    public static GenerationOptions Options(EvaluateSettings settings, Tokenizer tokenizer) =>
        new(
            settings.MaxNewTokens,
            settings.Temperature,
            settings.TopK,
            settings.TopP,
            settings.Seed,
            settings.Stop,
            IgnoreEos: false
        )
        {
            Rules = settings.Scores is { } scores ? Rules(scores, tokenizer) : ScoreRules.None,
        };

    private static ScoreRules Rules(ScoreSettings scores, Tokenizer tokenizer) =>
        new()
        {
            PresencePenalty = scores.PresencePenalty,
            FrequencyPenalty = scores.FrequencyPenalty,
            RepetitionPenalty = scores.RepetitionPenalty,
            NoRepeatNgramSize = scores.NoRepeatNgramSize,
            BadWords = ScoreRules.Barred(scores.BadWords, tokenizer),
            TopH = scores.TopH,
            MinP = scores.MinP,
            TypicalP = scores.TypicalP,
            EpsilonCutoff = scores.EpsilonCutoff,
            EtaCutoff = scores.EtaCutoff,
        };
}
