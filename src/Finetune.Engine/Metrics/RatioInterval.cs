namespace Finetune.Engine.Metrics;

/// <summary>The interval of a pooled ratio sum(above) / sum(below) over rows, by its linearised variance (Cochran 1977,
/// section 6.5) and the normal quantile.</summary>
public static class RatioInterval
{
    /// <summary>The interval; a point where there are fewer than two rows.</summary>
    /// <param name="above">Numerators, one a row.</param>
    /// <param name="below">Denominators, one a row; their sum is above 0.</param>
    /// <param name="confidence">Two-sided.</param>
    public static Interval Of(IReadOnlyList<double> above, IReadOnlyList<double> below, double confidence = 0.95)
    {
        var whole = below.Sum();
        var ratio = above.Sum() / whole;
        if (above.Count < 2)
        {
            return new Interval(ratio, ratio);
        }

        var squares = above.Zip(below, (a, b) => (a - ratio * b) * (a - ratio * b)).Sum();
        var error = Math.Sqrt(squares * above.Count / (above.Count - 1)) / whole;
        var half = NormalDistribution.Quantile(0.5 + confidence / 2) * error;
        return new Interval(ratio - half, ratio + half);
    }
}
