namespace Finetune.Graph.Diagnostics;

/// <summary>
/// What a user can mend: the only exception that is shown without a stack trace. Carries every diagnostic found,
/// in document order. Any other exception is a bug.
/// </summary>
public sealed class PipelineException : Exception
{
    /// <summary>Several diagnostics and the exit code they lead to.</summary>
    public PipelineException(IReadOnlyList<Diagnostic> diagnostics, ExitCode exitCode)
        : base(string.Join("; ", diagnostics.Select(d => $"{d.Code}: {d.Message}")))
    {
        Diagnostics = diagnostics;
        ExitCode = exitCode;
    }

    /// <summary>One diagnostic and the exit code it leads to.</summary>
    public PipelineException(Diagnostic diagnostic, ExitCode exitCode)
        : this([diagnostic], exitCode) { }

    /// <summary>All that was found, at least one.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; }

    /// <summary>The exit code of the process.</summary>
    public ExitCode ExitCode { get; }
}
