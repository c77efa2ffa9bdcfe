namespace Finetune.Engine.Metrics.Texts;

/// <summary>How much of a text is in its reference, and the other way round.</summary>
/// <param name="Precision">Of what was written, 0 to 1.</param>
/// <param name="Recall">Of what was wanted, 0 to 1.</param>
public readonly record struct RougeScore(double Precision, double Recall)
{
    /// <summary>Their harmonic mean, 0 where both are 0.</summary>
    public double F => Precision + Recall > 0 ? 2 * Precision * Recall / (Precision + Recall) : 0;
}
