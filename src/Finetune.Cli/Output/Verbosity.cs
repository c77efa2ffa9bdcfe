namespace Finetune.Cli.Output;

/// <summary>How much is said on standard error; MSBuild's levels.</summary>
internal enum Verbosity
{
    /// <summary>Errors only.</summary>
    Quiet,

    /// <summary>Errors, warnings and the last lines.</summary>
    Minimal,

    /// <summary>The default: progress too.</summary>
    Normal,

    /// <summary>Reasons and keys too.</summary>
    Detailed,

    /// <summary>Stack traces and loaded native modules too.</summary>
    Diagnostic,
}
