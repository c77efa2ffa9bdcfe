namespace Finetune.Cli.Tracking;

/// <summary>Something that follows runs: a board, a server, a file. Told one thing after the other, never two at once.</summary>
internal interface ITracker : IDisposable
{
    /// <summary>What warnings call it.</summary>
    string Name { get; }

    /// <summary>The run begins.</summary>
    void Begin(TrackedRun run);

    /// <summary>A step begins to run.</summary>
    void StepBegins(string step, DateTimeOffset at);

    /// <summary>Figures of an optimizer step.</summary>
    void Point(TrackedPoint point);

    /// <summary>A step ended.</summary>
    void StepEnds(TrackedStep step, DateTimeOffset at);

    /// <summary>The run ended.</summary>
    void End(TrackedEnd end);
}

/// <summary>A run.</summary>
/// <param name="Id">Its name in the store.</param>
/// <param name="Name">The pipeline's name.</param>
/// <param name="Settings">The document as compiled: key with dots to value.</param>
/// <param name="Started">When it began.</param>
internal sealed record TrackedRun(
    string Id,
    string Name,
    IReadOnlyDictionary<string, string> Settings,
    DateTimeOffset Started
);

/// <summary>Figures of an optimizer step.</summary>
/// <param name="Step">The training step, such as <c>train.instruct</c>.</param>
/// <param name="Number">The optimizer step, from 1.</param>
/// <param name="Values">Name to figure, finite ones.</param>
/// <param name="At">When it was heard of.</param>
internal sealed record TrackedPoint(
    string Step,
    long Number,
    IReadOnlyDictionary<string, double> Values,
    DateTimeOffset At
);

/// <summary>The end of a step.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The stage's kind.</param>
/// <param name="Status"><c>executed</c>, <c>cached</c>, <c>failed</c> or <c>skipped</c>.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Key">Its fingerprint; null where there is none.</param>
internal sealed record TrackedStep(string Name, string Kind, string Status, double Seconds, string? Key);

/// <summary>The end of a run.</summary>
/// <param name="Ok">Whether all steps ran and all gates are met.</param>
/// <param name="Cancelled">Whether it was stopped.</param>
/// <param name="Metrics">Such as <c>tuned.accuracy</c>; none where it did not come to a verdict.</param>
/// <param name="At">When.</param>
internal sealed record TrackedEnd(
    bool Ok,
    bool Cancelled,
    IReadOnlyDictionary<string, double> Metrics,
    DateTimeOffset At
);
