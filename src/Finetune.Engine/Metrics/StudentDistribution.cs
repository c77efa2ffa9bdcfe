namespace Finetune.Engine.Metrics;

/// <summary>Student's t distribution.</summary>
public static class StudentDistribution
{
    /// <summary>The value that |t| exceeds with that probability.</summary>
    /// <param name="probability">Of both tails together, above 0 and below 1.</param>
    /// <param name="freedom">Degrees of freedom, above 0; they need not be whole (Welch 1947).</param>
    public static double TwoSided(double probability, double freedom)
    {
        // P(|t| > x) = I_{v / (v + x²)}(v/2, 1/2), Abramowitz and Stegun 26.7.1.
        var share = BetaDistribution.Quantile(probability, freedom / 2, 0.5);
        return Math.Sqrt(freedom * (1 - share) / share);
    }
}
