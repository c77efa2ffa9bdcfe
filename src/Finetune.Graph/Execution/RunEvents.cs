using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>What became of a step in a run.</summary>
public enum StepStatus
{
    /// <summary>It ran.</summary>
    Executed,

    /// <summary>Its result was in the store.</summary>
    Cached,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was not selected, or something it needs is missing, or the run was stopped.</summary>
    Skipped,
}

/// <summary>The end of a step.</summary>
/// <param name="Name">The step's name.</param>
/// <param name="Kind">The stage's kind.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Reason">Why it ran, failed or was skipped; empty for a cached step.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Key">Its key; null when its inputs never came to be.</param>
/// <param name="Outputs">Output name to absolute readable path.</param>
/// <param name="Digests">Output name to content digest.</param>
/// <param name="Diagnostics">Errors of a failed step, warnings of the others.</param>
/// <param name="Facts">Measured by the run that made the outputs.</param>
/// <param name="Bug">The exception of a step that failed by a bug, for a report of it.</param>
public sealed record StepResult(
    string Name,
    string Kind,
    StepStatus Status,
    string Reason,
    double Seconds,
    string? Key,
    IReadOnlyDictionary<string, string> Outputs,
    IReadOnlyDictionary<string, string> Digests,
    IReadOnlyList<Diagnostic> Diagnostics,
    JsonObject Facts,
    Exception? Bug = null
)
{
    /// <summary>The exit code that a failure of this step leads to; <see cref="ExitCode.StepFailed"/> unless the stage said
    /// otherwise.</summary>
    public ExitCode ExitCode { get; init; } = Status == StepStatus.Failed ? ExitCode.StepFailed : ExitCode.Ok;

    /// <summary>Whether others can read its outputs.</summary>
    public bool HasOutputs => Status is StepStatus.Executed or StepStatus.Cached;
}

/// <summary>The end of a run.</summary>
/// <param name="Steps">In plan order.</param>
/// <param name="Cancelled">Whether it was stopped from outside.</param>
public sealed record RunResult(IReadOnlyList<StepResult> Steps, bool Cancelled)
{
    /// <summary>Whether no step failed and nothing was stopped.</summary>
    public bool Ok => !Cancelled && Steps.All(s => s.Status != StepStatus.Failed);

    /// <summary>The exit code of the run as far as steps decide it: that of the first failed step. Who stopped a cancelled
    /// run (130 or 143) is for the caller to know.</summary>
    public ExitCode ExitCode => Steps.FirstOrDefault(s => s.Status == StepStatus.Failed)?.ExitCode ?? ExitCode.Ok;

    /// <summary>The step of that name, or null.</summary>
    public StepResult? Find(string name) => Steps.FirstOrDefault(s => s.Name == name);
}

/// <summary>Something that happens in a run.</summary>
/// <param name="Step">The step's name.</param>
public abstract record RunEvent(string Step);

/// <summary>A step begins to run.</summary>
/// <param name="Step">See <see cref="RunEvent"/>.</param>
/// <param name="Reason">Why it runs.</param>
public sealed record StepStarted(string Step, string Reason) : RunEvent(Step);

/// <summary>A running step gives a sign of life.</summary>
/// <param name="Step">See <see cref="RunEvent"/>.</param>
/// <param name="Progress">The sign.</param>
public sealed record StepProgressed(string Step, StageProgress Progress) : RunEvent(Step);

/// <summary>A step waits for another process that makes the same thing.</summary>
/// <param name="Step">See <see cref="RunEvent"/>.</param>
public sealed record StepWaiting(string Step) : RunEvent(Step);

/// <summary>A warning about a step.</summary>
/// <param name="Step">See <see cref="RunEvent"/>.</param>
/// <param name="Diagnostic">The warning.</param>
public sealed record StepWarned(string Step, Diagnostic Diagnostic) : RunEvent(Step);

/// <summary>A step ended.</summary>
/// <param name="Step">See <see cref="RunEvent"/>.</param>
/// <param name="Result">How.</param>
public sealed record StepFinished(string Step, StepResult Result) : RunEvent(Step);
