namespace Finetune.Graph.Diagnostics;

/// <summary>The process exit codes; part of the tool's contract.</summary>
public enum ExitCode
{
    /// <summary>All well.</summary>
    Ok = 0,

    /// <summary>The command line is wrong.</summary>
    Usage = 1,

    /// <summary>The pipeline document is invalid.</summary>
    InvalidPipeline = 2,

    /// <summary>A step failed.</summary>
    StepFailed = 3,

    /// <summary>A quality gate (<c>require</c>) was not met.</summary>
    GateNotMet = 4,

    /// <summary>The environment lacks something, e.g. a native library.</summary>
    Environment = 5,

    /// <summary>A lock could not be had.</summary>
    Lock = 6,

    /// <summary>The cache is damaged beyond repair.</summary>
    CacheDamaged = 7,

    /// <summary><c>status --check</c>: something would run.</summary>
    Dirty = 8,

    /// <summary>Ended by SIGINT.</summary>
    Interrupted = 130,

    /// <summary>Ended by SIGTERM.</summary>
    Terminated = 143,
}
