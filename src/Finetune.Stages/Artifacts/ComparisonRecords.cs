using System.Text.Json.Nodes;

namespace Finetune.Stages.Artifacts;

/// <summary>A finished run, as far as comparing it needs.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">The pipeline's.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Settings">The document as canonical JSON; null where the run did not keep it.</param>
/// <param name="Verdict">Its verdict.</param>
/// <param name="Splits">Path of the rows of each split.</param>
/// <param name="Predictions">Path of every contender's answers.</param>
public sealed record ComparedRun(
    string Id,
    string Name,
    double Seconds,
    JsonObject? Settings,
    VerdictRecord Verdict,
    IReadOnlyDictionary<string, string> Splits,
    IReadOnlyDictionary<string, string> Predictions
);

/// <summary>What sets runs apart; every list has one entry a run, in the order they were named.</summary>
/// <param name="Runs">Their ids.</param>
/// <param name="Names">Their pipelines' names.</param>
/// <param name="Seconds">How long they took.</param>
/// <param name="Confidence">Of every interval.</param>
/// <param name="Settings">Settings that differ; null where a run kept none.</param>
/// <param name="Data">The splits.</param>
/// <param name="Metrics">Contenders and metrics that one of the runs has.</param>
public sealed record ComparisonRecord(
    IReadOnlyList<string> Runs,
    IReadOnlyList<string> Names,
    IReadOnlyList<double> Seconds,
    double Confidence,
    IReadOnlyList<DifferingSetting>? Settings,
    IReadOnlyList<ComparedSplit> Data,
    IReadOnlyList<ComparedMetric> Metrics
);

/// <summary>A setting that is not the same in all runs.</summary>
/// <param name="Path">Its key path.</param>
/// <param name="Values">As JSON; null where a run has no such key.</param>
public sealed record DifferingSetting(string Path, IReadOnlyList<string?> Values);

/// <summary>A split.</summary>
/// <param name="Name"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Rows">How many rows; null where a run has no such split.</param>
/// <param name="Shared">How many of them are rows of the first run's split too, by content.</param>
public sealed record ComparedSplit(string Name, IReadOnlyList<int?> Rows, IReadOnlyList<int?> Shared);

/// <summary>One contender's metric.</summary>
/// <param name="Contender">Such as <c>tuned</c>.</param>
/// <param name="Metric">Such as <c>accuracy</c>.</param>
/// <param name="Values">On all rows of each run; null where it has none.</param>
/// <param name="Pairs">Against the first run on the rows that both answered; null for the first, and where there are no
/// such rows.</param>
/// <param name="SharedRows">How many rows those are.</param>
/// <param name="SameAnswers">Whether the run and the first one gave the very same answers.</param>
public sealed record ComparedMetric(
    string Contender,
    string Metric,
    IReadOnlyList<double?> Values,
    IReadOnlyList<PairVerdict?> Pairs,
    IReadOnlyList<int> SharedRows,
    IReadOnlyList<bool> SameAnswers
);
