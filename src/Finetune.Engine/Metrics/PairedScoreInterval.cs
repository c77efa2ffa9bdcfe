namespace Finetune.Engine.Metrics;

/// <summary>
/// Tango's score interval of the difference of two shares over the same rows (Tango 1998, "Equivalence test and
/// confidence interval for the difference in proportions for the paired-sample design"). It covers what it says from some
/// thirty rows on, and stays open where both answer every row alike, where resampled rows hide what new ones may show.
/// </summary>
public static class PairedScoreInterval
{
    // Bisection of [-1, 1] down to the last bit.
    private const int Halvings = 60;

    /// <summary>The interval of the second share minus the first.</summary>
    /// <param name="firstOnly">Rows that only the first got right.</param>
    /// <param name="secondOnly">Rows that only the second got right.</param>
    /// <param name="rows">All rows, above 0.</param>
    /// <param name="confidence">Two-sided.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is out of its range.</exception>
    public static Interval Of(long firstOnly, long secondOnly, long rows, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstOnly);
        ArgumentOutOfRangeException.ThrowIfNegative(secondOnly);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, Math.Max(1, firstOnly + secondOnly));
        var z = NormalDistribution.Quantile(0.5 + confidence / 2);
        var found = (double)(secondOnly - firstOnly) / rows;
        double Where(double low, double high, double score)
        {
            for (var i = 0; i < Halvings; i++)
            {
                var middle = (low + high) / 2;
                (low, high) = Score(middle, firstOnly, secondOnly, rows) > score ? (middle, high) : (low, middle);
            }

            return (low + high) / 2;
        }

        return new Interval(
            secondOnly == 0 && firstOnly == rows ? -1 : Where(-1, found, z),
            firstOnly == 0 && secondOnly == rows ? 1 : Where(found, 1, -z)
        );
    }

    /// <summary>How many standard errors the counts lie above a difference, the error taken at the likeliest shares that
    /// have this difference.</summary>
    private static double Score(double difference, double firstOnly, double secondOnly, double rows)
    {
        var a = 2 * rows;
        var b = (2 * rows - secondOnly + firstOnly) * difference - firstOnly - secondOnly;
        var c = -firstOnly * difference * (1 - difference);
        var share = (Math.Sqrt(Math.Max(0, b * b - 4 * a * c)) - b) / (2 * a);
        var variance = rows * (2 * share + difference * (1 - difference));
        var distance = secondOnly - firstOnly - rows * difference;
        return variance > 0 ? distance / Math.Sqrt(variance)
            : distance == 0 ? 0
            : Math.Sign(distance) * double.PositiveInfinity;
    }
}
