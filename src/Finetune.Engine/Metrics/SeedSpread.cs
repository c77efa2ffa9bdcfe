namespace Finetune.Engine.Metrics;

/// <summary>A difference that was measured once with each of several training seeds, on the same rows.</summary>
/// <param name="Mean">Over the seeds.</param>
/// <param name="Deviation">Between seeds (n - 1): what a training with another seed would differ by.</param>
/// <param name="Interval">Where the mean over all seeds and rows lies.</param>
public sealed record SeedSpread(double Mean, double Deviation, Interval Interval)
{
    /// <summary>
    /// Both sources of chance together: the distances of the rows' interval (normal) and of the seeds' (Student's) from
    /// their middle, squared and added (Howe 1974; Zou and Donner 2008). Where one source is nothing it is the other's
    /// interval.
    /// </summary>
    /// <param name="differences">One a seed, at least two.</param>
    /// <param name="rowError">Standard error over rows of the mean difference.</param>
    /// <param name="confidence">Such as 0.95.</param>
    public static SeedSpread Of(IReadOnlyList<double> differences, double rowError, double confidence)
    {
        var count = differences.Count;
        var mean = differences.Average();
        var deviation = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / (count - 1));
        var ofRows = NormalDistribution.Quantile((1 + confidence) / 2) * rowError;
        var ofSeeds = StudentDistribution.TwoSided(1 - confidence, count - 1) * deviation / Math.Sqrt(count);
        var reach = Math.Sqrt(ofRows * ofRows + ofSeeds * ofSeeds);
        return new SeedSpread(mean, deviation, new Interval(mean - reach, mean + reach));
    }
}
