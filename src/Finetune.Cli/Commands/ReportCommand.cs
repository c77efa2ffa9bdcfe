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
        var run = Run is null
            ? runs.FirstOrDefault(r => r.Summary["report"] is not null)
            : runs.FirstOrDefault(r => string.Equals(r.Id, Run, StringComparison.Ordinal));
        if (run is null || (string?)run.Summary["report"] is not { } path || !File.Exists(path))
        {
            var near = Run is null ? null : NearestMatch.Of(Run, runs.Select(r => r.Id));
            throw new UsageException(
                Run is null ? "no run here has a report" : $"there is no report of a run '{Run}'",
                near is null
                    ? "'dotnet finetune runs' lists the runs; --cache names another store"
                    : $"did you mean '{near}'?"
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
