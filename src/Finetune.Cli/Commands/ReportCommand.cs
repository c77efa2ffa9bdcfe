using System.Diagnostics;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Says where a run's report is, and opens it.</summary>
[Command("report", Description = "Say where the report of a run is; --open shows it.")]
internal sealed class ReportCommand : StoreCommand
{
    [Argument(0, "run", "The run; the newest by default")]
    public string? Run { get; set; }

    [Option("--open", "Show it with what opens HTML files here", CommandOptionType.NoValue)]
    public bool Open { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var runs = new RunHistory(Store(surroundings).Paths).Runs().ToList();
        var run = NamedRuns.WithReport(runs, Run);
        if ((string?)run.Summary["report"] is not { } path || !File.Exists(path))
        {
            throw new UsageException(
                $"run {run.Id} left no report",
                "'dotnet finetune runs' lists the runs; --cache names another store"
            );
        }

        surroundings.Out.WriteLine(path);
        if (Open)
        {
            using var _ = Process.Start(new ProcessStartInfo(path) { UseShellExecute = true });
        }

        return Task.FromResult((int)ExitCode.Ok);
    }
}
