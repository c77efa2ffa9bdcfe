using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Says whether a run would do anything.</summary>
[Command("status", Description = "Say whether everything is up to date; --check exits 8 when it is not.")]
internal sealed class StatusCommand : PipelineCommand
{
    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    [Option("--check", "Exit 8 when a run would do anything", CommandOptionType.NoValue)]
    public bool Check { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var (plan, forecasts) = Inspect(surroundings);
        var open = forecasts.Where(f => f.Forecast != Forecast.Hit || f.Drift is not null).ToList();
        if (open.Count == 0)
        {
            surroundings.Out.WriteLine($"{plan.Name}: up to date, {plan.Steps.Count} steps");
            return Task.FromResult((int)ExitCode.Ok);
        }

        var first = open[0];
        surroundings.Out.WriteLine(
            $"{plan.Name}: {open.Count} of {plan.Steps.Count} steps not up to date, first {first.Step.Name}: {first.Drift ?? first.Reason}"
        );
        return Task.FromResult((int)(Check ? ExitCode.Dirty : ExitCode.Ok));
    }
}
