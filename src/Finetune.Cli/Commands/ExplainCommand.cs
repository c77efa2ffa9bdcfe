using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Says why a step would run.</summary>
[Command("explain", Description = "Say why a step would run: the first thing that differs, old value and new.")]
internal sealed class ExplainCommand : PipelineCommand
{
    [Argument(0, "step", "The step's name, such as train.instruct")]
    public string? Step { get; set; }

    [Argument(1, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (Step is null)
        {
            throw new UsageException("explain needs the name of a step", "'dotnet finetune plan' lists them");
        }

        var (plan, forecasts) = Inspect(surroundings);
        _ = new RunOptions { Only = [Step] }.Select(plan);
        var forecast = forecasts.Single(f => f.Step.Name == Step);
        surroundings.Out.WriteLine($"{Step}: {ForecastWords.Of(forecast.Forecast)}");
        if (forecast.Key is { } key)
        {
            surroundings.Out.WriteLine($"  key: {key.Key.Hex}");
        }

        Difference(surroundings.Out, forecast);
        if (forecast.Drift is { } drift)
        {
            surroundings.Out.WriteLine($"  {drift}");
        }

        // What is unknown hangs on a step that would run: that one has the cause.
        foreach (var cause in Causes(forecast, forecasts))
        {
            surroundings.Out.WriteLine($"  because {cause.Step.Name} would run");
            Difference(surroundings.Out, cause);
        }

        return Task.FromResult((int)ExitCode.Ok);
    }

    private static IEnumerable<StepForecast> Causes(StepForecast forecast, IReadOnlyList<StepForecast> all) =>
        forecast.Forecast != Forecast.Unknown
            ? []
            : forecast
                .Step.Inputs.OfType<Graph.Planning.OutputInput>()
                .Select(i => all.Single(f => f.Step.Name == i.Step))
                .SelectMany(f => f.Forecast == Forecast.Miss ? [f] : Causes(f, all))
                .DistinctBy(f => f.Step.Name);

    private static void Difference(TextWriter writer, StepForecast forecast)
    {
        if (forecast.Difference is not { } difference)
        {
            if (forecast.Reason.Length > 0)
            {
                writer.WriteLine($"  {forecast.Reason}");
            }

            return;
        }

        writer.WriteLine($"  {difference.Path}{(difference.File is { } file ? $": {file}" : "")}");
        writer.WriteLine($"    old: {difference.Before ?? "(none)"}");
        writer.WriteLine($"    new: {difference.Now ?? "(none)"}");
    }
}
