namespace Finetune.Engine.Generation.Sampling;

/// <summary>The processors that options ask for, in the order of Transformers' <c>generate</c> (5.23).</summary>
internal static class ScoreProcessors
{
    /// <summary>Those that stand before the choice, whether the likeliest token is taken or one is drawn.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="ends">Tokens that end an answer: barring one of them by itself is ignored.</param>
    public static IReadOnlyList<IScoreProcessor> Before(ScoreRules rules, IReadOnlySet<int> ends) =>
        [
            .. When(
                rules.PresencePenalty != 0 || rules.FrequencyPenalty != 0,
                () => new CountPenalty(rules.PresencePenalty, rules.FrequencyPenalty)
            ),
            .. When(rules.SequenceBias.Count > 0, () => new SequenceBias(rules.SequenceBias)),
            .. When(rules.RepetitionPenalty != 1, () => new RepetitionPenalty(rules.RepetitionPenalty)),
            .. When(rules.NoRepeatNgramSize > 0, () => new NoRepeatNgram(rules.NoRepeatNgramSize)),
            .. When(rules.BadWords.Count > 0, () => new BadWords(rules.BadWords, ends)),
            .. When(rules.SuppressedTokens.Count > 0, () => new SuppressTokens(rules.SuppressedTokens)),
        ];

    /// <summary>Those of a draw alone, which follow.</summary>
    /// <param name="options">With a temperature above 0.</param>
    public static IReadOnlyList<IScoreProcessor> OfDraw(GenerationOptions options) =>
        [
            .. When(options.Temperature != 1, () => new Temperature(options.Temperature)),
            .. When(options.Rules.TopH < 1, () => new TopH(options.Rules.TopH)),
            .. When(options.TopK > 0, () => new TopK(options.TopK)),
            .. When(options.TopP < 1, () => new TopP(options.TopP)),
            .. When(options.Rules.MinP > 0, () => new MinP(options.Rules.MinP)),
            .. When(options.Rules.TypicalP < 1, () => new TypicalP(options.Rules.TypicalP)),
            .. When(options.Rules.EpsilonCutoff > 0, () => new EpsilonCutoff(options.Rules.EpsilonCutoff)),
            .. When(options.Rules.EtaCutoff > 0, () => new EtaCutoff(options.Rules.EtaCutoff)),
        ];

    private static IScoreProcessor[] When(bool wanted, Func<IScoreProcessor> make) => wanted ? [make()] : [];
}
