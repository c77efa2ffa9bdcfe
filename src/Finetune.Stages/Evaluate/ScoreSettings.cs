namespace Finetune.Stages.Evaluate;

/// <summary>What bends or bars the scores of free text's tokens, as the document has it.</summary>
/// <param name="PresencePenalty">0 is off.</param>
/// <param name="FrequencyPenalty">0 is off.</param>
/// <param name="RepetitionPenalty">1 is off.</param>
/// <param name="NoRepeatNgramSize">0 is off.</param>
/// <param name="BadWords">Texts that may not come.</param>
/// <param name="TopH">1 is off.</param>
/// <param name="MinP">0 is off.</param>
/// <param name="TypicalP">1 is off.</param>
/// <param name="EpsilonCutoff">0 is off.</param>
/// <param name="EtaCutoff">0 is off.</param>
public sealed record ScoreSettings(
    double PresencePenalty,
    double FrequencyPenalty,
    double RepetitionPenalty,
    int NoRepeatNgramSize,
    IReadOnlyList<string> BadWords,
    double TopH,
    double MinP,
    double TypicalP,
    double EpsilonCutoff,
    double EtaCutoff
);
