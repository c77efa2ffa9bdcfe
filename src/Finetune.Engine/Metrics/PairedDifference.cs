namespace Finetune.Engine.Metrics;

/// <summary>How far the second lies above the first, on the same rows.</summary>
/// <param name="Delta">Second minus first.</param>
/// <param name="Interval">Where the difference lies, at the confidence asked for.</param>
/// <param name="StandardError">Of the difference over the resamples (n - 1).</param>
/// <param name="P">Two-sided: min(1, 2 min(share of resamples &lt;= 0, share &gt;= 0)).</param>
public sealed record PairedDifference(double Delta, Interval Interval, double StandardError, double P)
{
    /// <summary>The share of resamples in which the second lies no higher.</summary>
    public double ShareAtMostZero { get; init; }

    /// <summary>The share of resamples in which the second lies no lower.</summary>
    public double ShareAtLeastZero { get; init; }

    /// <summary>From the difference and its resampled copies.</summary>
    /// <param name="delta">Second minus first.</param>
    /// <param name="resampled">The difference in each resample, at least one; sorted in place.</param>
    /// <param name="confidence">Such as 0.95.</param>
    public static PairedDifference FromResamples(double delta, double[] resampled, double confidence)
    {
        Array.Sort(resampled);
        double atMost = resampled.Count(d => d <= 0);
        double atLeast = resampled.Count(d => d >= 0);
        var mean = resampled.Average();
        var squares = resampled.Sum(d => (d - mean) * (d - mean));
        return new PairedDifference(
            delta,
            Quantiles.Middle(resampled, confidence),
            resampled.Length > 1 ? Math.Sqrt(squares / (resampled.Length - 1)) : 0,
            Math.Min(1, 2 * Math.Min(atMost, atLeast) / resampled.Length)
        )
        {
            ShareAtMostZero = atMost / resampled.Length,
            ShareAtLeastZero = atLeast / resampled.Length,
        };
    }
}
