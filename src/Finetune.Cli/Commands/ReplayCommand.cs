using System.Globalization;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Runs a step again, and compares bytes.</summary>
[Command("replay", Description = "Run a step again beside the store and compare the bytes of what it leaves.")]
internal sealed class ReplayCommand : PipelineCommand
{
    [Argument(0, "step", "The step's name, such as train.instruct")]
    public string? Step { get; set; }

    [Argument(1, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    public override async Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (Step is null)
        {
            throw new UsageException("replay needs the name of a step", "'dotnet finetune plan' lists them");
        }

        var (plan, forecasts) = Inspect(surroundings);
        _ = new RunOptions { Only = [Step] }.Select(plan);
        var forecast = forecasts.Single(f => f.Step.Name == Step);
        if (forecast.Result is not { } stored)
        {
            throw new UsageException($"{Step} has no result to compare with", "'dotnet finetune run' makes it");
        }

        var store = new ArtifactStore(StoreRoot(surroundings), surroundings.Clock);
        using var held =
            new CacheMaintenance(store, surroundings.Clock).HoldForRun()
            ?? throw new PipelineException(
                new Diagnostic("FT6302", "the store is being cleaned up", Cure: "replay when that has ended"),
                ExitCode.Lock
            );
        var replayer = new Replayer(store);
        var shown = new PlainProgress(surroundings.Error, Verbosity, surroundings.Clock);
        var replay = await replayer.RunAsync(
            forecast.Step,
            stored,
            replayer.Inputs(forecast.Step, name => forecasts.Single(f => f.Step.Name == name).Result!),
            new Relay(Step, shown),
            cancellationToken
        );
        var size = string.Create(
            CultureInfo.InvariantCulture,
            $"{replay.Files} {(replay.Files == 1 ? "file" : "files")}, {replay.Bytes} bytes"
        );
        surroundings.Out.WriteLine(
            replay.Differences.Count == 0 ? $"{Step}: the same bytes again ({size})" : $"{Step}: other bytes"
        );
        foreach (var difference in replay.Differences)
        {
            surroundings.Out.WriteLine($"  {difference}");
        }

        return (int)(replay.Differences.Count == 0 ? ExitCode.Ok : ExitCode.StepFailed);
    }

    private sealed class Relay(string step, PlainProgress shown) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => shown.Report(new StepProgressed(step, value));
    }
}
