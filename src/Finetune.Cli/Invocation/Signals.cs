using System.Runtime.InteropServices;
using Finetune.Graph.Diagnostics;

namespace Finetune.Cli.Invocation;

/// <summary>
/// The first SIGINT or SIGTERM asks for an end: training writes its checkpoint, locks are given back. A second one is
/// left to the system, which ends the process at once.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _exitCode;

    public Signals(Action<string> say)
    {
        _registrations.Add(Register(PosixSignal.SIGINT, ExitCode.Interrupted, say));
        _registrations.Add(Register(PosixSignal.SIGTERM, ExitCode.Terminated, say));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What the process is to end with, once a signal came.</summary>
    public ExitCode? Received => _exitCode == 0 ? null : (ExitCode)_exitCode;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private PosixSignalRegistration Register(PosixSignal signal, ExitCode code, Action<string> say) =>
        PosixSignalRegistration.Create(
            signal,
            context =>
            {
                if (Interlocked.CompareExchange(ref _exitCode, (int)code, 0) != 0)
                {
                    return;
                }

                context.Cancel = true;
                say("stopping: what is done is kept; once more ends at once");
                _source.Cancel();
            }
        );
}
