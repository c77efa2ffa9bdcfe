namespace Finetune.Engine.Metrics;

/// <summary>How well one label was told from the others.</summary>
/// <param name="Label">The label.</param>
/// <param name="Precision">Right ones among all answers that were this label; 0 where there were none.</param>
/// <param name="Recall">Right ones among all rows whose right label this is; 0 where there were none.</param>
/// <param name="F1">Their harmonic mean; 0 where both are 0.</param>
/// <param name="Support">Rows whose right label this is.</param>
public sealed record LabelScore(string Label, double Precision, double Recall, double F1, int Support)
{
    /// <summary>The plain mean over labels of precision, recall and F1 (macro average).</summary>
    public static (double Precision, double Recall, double F1) Macro(IReadOnlyList<LabelScore> scores) =>
        (scores.Average(s => s.Precision), scores.Average(s => s.Recall), scores.Average(s => s.F1));

    /// <summary>The mean weighted by support.</summary>
    public static (double Precision, double Recall, double F1) Weighted(IReadOnlyList<LabelScore> scores)
    {
        double support = scores.Sum(s => s.Support);
        return (
            scores.Sum(s => s.Precision * s.Support) / support,
            scores.Sum(s => s.Recall * s.Support) / support,
            scores.Sum(s => s.F1 * s.Support) / support
        );
    }
}
