using Finetune.Cli.Output;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Invocation;

/// <summary>A command of the tool: its properties are its arguments and options.</summary>
internal abstract class ToolCommand
{
    [Option("-v|--verbosity <LEVEL>", "q, m, n (default), d or diag", CommandOptionType.SingleValue)]
    public string? VerbosityText { get; set; }

    [Option("--offline", "Reach no network: of the Hub, take what is in the cache", CommandOptionType.NoValue)]
    public bool Offline { get; set; }

    /// <summary>The level asked for.</summary>
    /// <exception cref="UsageException">No such level.</exception>
    public Verbosity Verbosity =>
        VerbosityText switch
        {
            "q" or "quiet" => Verbosity.Quiet,
            "m" or "minimal" => Verbosity.Minimal,
            null or "n" or "normal" => Verbosity.Normal,
            "d" or "detailed" => Verbosity.Detailed,
            "diag" or "diagnostic" => Verbosity.Diagnostic,
            _ => throw new UsageException($"'{VerbosityText}' is no verbosity", "q, m, n, d or diag"),
        };

    /// <summary>Does it.</summary>
    /// <returns>The process's exit code.</returns>
    public abstract Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken);
}
