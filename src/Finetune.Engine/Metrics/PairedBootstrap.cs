namespace Finetune.Engine.Metrics;

/// <summary>
/// Percentile bootstrap (Efron 1979) of the difference between two contenders that answered the same rows. A resample
/// draws rows with replacement, both contenders' answers together.
/// </summary>
public static class PairedBootstrap
{
    /// <summary>Difference of means over given resamples.</summary>
    /// <param name="first">One value a row.</param>
    /// <param name="second">One value a row, same order.</param>
    /// <param name="resamples">Row indices, one list a resample.</param>
    /// <param name="confidence">Such as 0.95.</param>
    public static PairedDifference Of(
        IReadOnlyList<double> first,
        IReadOnlyList<double> second,
        IReadOnlyList<IReadOnlyList<int>> resamples,
        double confidence = 0.95
    )
    {
        var deltas = new double[resamples.Count];
        for (var i = 0; i < deltas.Length; i++)
        {
            deltas[i] = Mean(resamples[i].Select(row => second[row])) - Mean(resamples[i].Select(row => first[row]));
        }

        return PairedDifference.FromResamples(Mean(second) - Mean(first), deltas, confidence);
    }

    /// <summary>Difference of a pooled ratio, rows resampled as whole clusters.</summary>
    /// <param name="rows">One entry a row, denominators above 0.</param>
    /// <param name="statistic">What the ratio becomes before the difference is taken: the identity for shares,
    /// <see cref="Math.Exp(double)"/> for perplexity.</param>
    /// <param name="seed">Seeds the draws; the same seed and row count give the same resamples.</param>
    /// <param name="draws">How many resamples.</param>
    /// <param name="confidence">Such as 0.95.</param>
    public static PairedDifference OfClusters(
        ReadOnlySpan<PairedTotals> rows,
        Func<double, double> statistic,
        ulong seed,
        int draws = 10_000,
        double confidence = 0.95
    )
    {
        var random = new SplitMix64(seed);
        var deltas = new double[draws];
        for (var draw = 0; draw < draws; draw++)
        {
            double first = 0,
                firstOf = 0,
                second = 0,
                secondOf = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                ref readonly var row = ref rows[random.Below(rows.Length)];
                first += row.First;
                firstOf += row.FirstOf;
                second += row.Second;
                secondOf += row.SecondOf;
            }

            deltas[draw] = statistic(second / secondOf) - statistic(first / firstOf);
        }

        return PairedDifference.FromResamples(Whole(rows, statistic), deltas, confidence);
    }

    private static double Mean(IEnumerable<double> values) => PairwiseMean.Of(values.ToArray());

    private static double Whole(ReadOnlySpan<PairedTotals> rows, Func<double, double> statistic)
    {
        double first = 0,
            firstOf = 0,
            second = 0,
            secondOf = 0;
        foreach (ref readonly var row in rows)
        {
            first += row.First;
            firstOf += row.FirstOf;
            second += row.Second;
            secondOf += row.SecondOf;
        }

        return statistic(second / secondOf) - statistic(first / firstOf);
    }
}
