namespace Finetune.Engine.Metrics.Texts;

/// <summary>BLEU and what it is made of.</summary>
/// <param name="Score">0 to 100.</param>
/// <param name="Counts">Matching n-grams an order, as smoothing left them.</param>
/// <param name="Totals">N-grams an order, as smoothing left them.</param>
/// <param name="Precisions">0 to 100, an order each.</param>
/// <param name="BrevityPenalty">exp(1 - reference / hypothesis) for too short a text, else 1.</param>
/// <param name="HypothesisLength">Tokens.</param>
/// <param name="ReferenceLength">Tokens of the closest references.</param>
public sealed record BleuScore(
    double Score,
    IReadOnlyList<double> Counts,
    IReadOnlyList<double> Totals,
    IReadOnlyList<double> Precisions,
    double BrevityPenalty,
    long HypothesisLength,
    long ReferenceLength
);
