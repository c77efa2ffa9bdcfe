namespace Finetune.Stages.Artifacts;

/// <summary>A second test, of what tuning was not for: base and tuned on the same general questions.</summary>
/// <param name="Source">The rows' source.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Examples">Rows times templates.</param>
/// <param name="Contenders"><c>zero_shot</c> and <c>tuned</c>.</param>
/// <param name="Pairs">Tuned against zero-shot, one a metric, document order; adjusted p over these.</param>
public sealed record GeneralVerdict(
    string Source,
    int Rows,
    int Examples,
    IReadOnlyDictionary<string, GeneralContender> Contenders,
    IReadOnlyList<PairVerdict> Pairs
);

/// <summary>One contender.</summary>
/// <param name="Metrics">Metric to value; null where it is not defined.</param>
/// <param name="Intervals">Metric to its interval, rows as the unit.</param>
/// <param name="Unanswered">Prompts that did not fit; they count as wrong.</param>
public sealed record GeneralContender(
    IReadOnlyDictionary<string, double?> Metrics,
    IReadOnlyDictionary<string, IntervalRecord> Intervals,
    int Unanswered
);
