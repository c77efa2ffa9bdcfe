using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Draws the steps.</summary>
[Command("graph", Description = "Draw the steps: ascii, mermaid, dot or json.")]
internal sealed class GraphCommand : PipelineCommand
{
    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    [Option("--format <FORMAT>", "ascii (default), mermaid, dot or json", CommandOptionType.SingleValue)]
    public string Format { get; set; } = "ascii";

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (!GraphText.Formats.Contains(Format, StringComparer.Ordinal))
        {
            throw new UsageException($"'{Format}' is no format", string.Join(", ", GraphText.Formats));
        }

        var (plan, forecasts) = Inspect(surroundings);
        var words = forecasts.ToDictionary(f => f.Step.Name, f => ForecastWords.Of(f.Forecast), StringComparer.Ordinal);
        surroundings.Out.Write(GraphText.Draw(plan, Format, s => words[s.Name]));
        return Task.FromResult((int)ExitCode.Ok);
    }
}
