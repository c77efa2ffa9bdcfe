namespace Finetune.Stages.Artifacts;

/// <summary>The tuned model, trained once with each of several seeds.</summary>
/// <param name="Seeds">As in the document; the first is that of the contender <c>tuned</c>.</param>
/// <param name="Metrics">Its metrics by seed.</param>
/// <param name="Differences">Against every other contender, metric by metric.</param>
public sealed record SeedVerdict(
    IReadOnlyList<long> Seeds,
    IReadOnlyList<SeedMetric> Metrics,
    IReadOnlyList<SeedDifference> Differences
);

/// <summary>One metric.</summary>
/// <param name="Metric">Its name.</param>
/// <param name="Values">One a seed; null where it is not defined.</param>
/// <param name="Mean">Over the seeds; null where one is not defined.</param>
/// <param name="Deviation">Standard deviation between seeds (n - 1).</param>
/// <param name="Low">Lower end of the interval of the mean, the chance of rows and that of seeds together.</param>
/// <param name="High">Upper end.</param>
public sealed record SeedMetric(
    string Metric,
    IReadOnlyList<double?> Values,
    double? Mean,
    double? Deviation,
    double? Low,
    double? High
);

/// <summary>One difference: the tuned models minus another contender.</summary>
/// <param name="First">The other contender.</param>
/// <param name="Metric">What is compared.</param>
/// <param name="Values">One a seed.</param>
/// <param name="Mean">Over the seeds.</param>
/// <param name="Deviation">Standard deviation between seeds (n - 1).</param>
/// <param name="Low">Lower end of the interval of the mean, the chance of rows and that of seeds together.</param>
/// <param name="High">Upper end.</param>
/// <param name="Word">As of a pair: <c>better</c> or <c>worse</c> where the interval leaves 0 out.</param>
public sealed record SeedDifference(
    string First,
    string Metric,
    IReadOnlyList<double> Values,
    double Mean,
    double Deviation,
    double Low,
    double High,
    string Word
);
