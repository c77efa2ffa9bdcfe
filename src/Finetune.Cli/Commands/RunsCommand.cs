using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Lists past runs, newest first.</summary>
[Command("runs", Description = "List past runs, newest first.")]
internal sealed class RunsCommand : StoreCommand
{
    [Argument(0, "pipeline", "Only runs of this document")]
    public string? Pipeline { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        foreach (var run in new RunHistory(Store(surroundings).Paths).Runs(Pipeline))
        {
            var accuracy = (run.Summary["metrics"] as JsonObject ?? []).Where(m =>
                m.Key.EndsWith(".accuracy", StringComparison.Ordinal)
            );
            var metrics = string.Join(
                ' ',
                accuracy.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Key}={(double)m.Value!:0.###}"))
            );
            var word = (bool?)run.Summary["ok"] == true ? "ok" : "not ok";
            surroundings.Out.WriteLine($"{run.Id}  {run.Summary["name"]}  {word}  {metrics}".TrimEnd());
        }

        return Task.FromResult((int)ExitCode.Ok);
    }
}
