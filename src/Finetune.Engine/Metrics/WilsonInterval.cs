namespace Finetune.Engine.Metrics;

/// <summary>Wilson's score interval of a share, without continuity correction (Wilson 1927).</summary>
public static class WilsonInterval
{
    /// <summary>The interval of successes in trials.</summary>
    /// <param name="successes">Between 0 and <paramref name="trials"/>; need not be whole (see
    /// <see cref="Clustered"/>).</param>
    /// <param name="trials">Above 0.</param>
    /// <param name="confidence">Two-sided, e.g. 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Interval Of(double successes, double trials, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        var z = NormalDistribution.Quantile(0.5 + confidence / 2);
        var share = successes / trials;
        var shrink = 1 + z * z / trials;
        var centre = (share + z * z / (2 * trials)) / shrink;
        var half = z / shrink * Math.Sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials));

        // At the ends the formula is 0 and 1 but for rounding.
        var low = successes == 0 ? 0 : Math.Max(0, centre - half);
        var high = successes == trials ? 1 : Math.Min(1, centre + half);
        return new Interval(low, high);
    }

    /// <summary>
    /// The interval of a share whose trials come in clusters (several wordings of one row): Wilson's interval at the
    /// effective number of trials n / deff, where deff is the variance of the ratio by clusters over the variance of
    /// independent trials (Kish 1965; Korn and Graubard 1998 use it the same way). deff is held between 1 and the
    /// mean cluster size, so more wordings never count as more rows than there are answers, nor as fewer than rows.
    /// </summary>
    /// <param name="clusters">Successes and trials, one entry a cluster, trials above 0.</param>
    /// <param name="confidence">Two-sided.</param>
    /// <exception cref="ArgumentException">There are no clusters.</exception>
    public static Interval Clustered(IReadOnlyList<(int Successes, int Trials)> clusters, double confidence = 0.95)
    {
        if (clusters.Count == 0)
        {
            throw new ArgumentException("at least one cluster was wanted", nameof(clusters));
        }

        double trials = clusters.Sum(c => (long)c.Trials);
        var share = clusters.Sum(c => (long)c.Successes) / trials;
        var size = trials / clusters.Count;
        var independent = share * (1 - share) / trials;
        var effect = size;
        if (independent > 0 && clusters.Count > 1)
        {
            var squares = clusters.Sum(c => Math.Pow(c.Successes - share * c.Trials, 2));
            var byCluster = squares / (trials * trials) * clusters.Count / (clusters.Count - 1);
            effect = Math.Clamp(byCluster / independent, 1, size);
        }

        // A single answer a row is the plain interval.
        return size == 1
            ? Of(share * trials, trials, confidence)
            : Of(share * trials / effect, trials / effect, confidence);
    }
}
