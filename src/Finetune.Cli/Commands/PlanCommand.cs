using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Says what a run would do; runs nothing.</summary>
[Command("plan", Description = "Say for each step: hit, miss or unknown, and why.")]
internal sealed class PlanCommand : PipelineCommand
{
    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var (_, forecasts) = Inspect(surroundings);
        var width = forecasts.Max(f => f.Step.Name.Length);
        foreach (var forecast in forecasts)
        {
            var word = ForecastWords.Of(forecast.Forecast);
            surroundings.Out.WriteLine(
                $"{forecast.Step.Name.PadRight(width)}  {word, -7}  {forecast.Drift ?? forecast.Reason}".TrimEnd()
            );
        }

        var store = new ArtifactStore(StoreRoot(surroundings), surroundings.Clock);
        foreach (var line in TrainingForecasts.Of(forecasts, store))
        {
            surroundings.Out.WriteLine(line);
        }

        if (TestSize.Of(forecasts, store) is { } size)
        {
            surroundings.Out.WriteLine(size);
        }

        return Task.FromResult((int)ExitCode.Ok);
    }
}
