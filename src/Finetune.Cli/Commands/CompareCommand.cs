using System.Text.Json;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report;
using Finetune.Stages.Verdict;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Sets past runs side by side.</summary>
[Command("compare", Description = "Set runs side by side: settings, data, and metrics on the rows they share.")]
internal sealed class CompareCommand : StoreCommand
{
    [Argument(0, "run", "Two runs or more, the first is what the others are held against; the beginning of an id does")]
    public string[] Runs { get; set; } = [];

    [Option("--html <FILE>", "Write a page too", CommandOptionType.SingleValue)]
    public string? Html { get; set; }

    [Option("--json", "The comparison as one JSON object", CommandOptionType.NoValue)]
    public bool Json { get; set; }

    public override Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (Runs.Length < 2)
        {
            throw new UsageException("compare wants two runs or more", "'dotnet finetune runs' lists them");
        }

        var history = new RunHistory(Store(surroundings).Paths).Runs().ToList();
        var comparison = RunComparer.Compare([.. Runs.Select(name => PastResults.Of(NamedRuns.Find(history, name)))]);
        if (Html is not null)
        {
            var path = Path.GetFullPath(Html);
            DurableFile.WriteText(path, ComparisonPage.Write(comparison), Path.GetDirectoryName(path)!);
        }

        if (Json)
        {
            surroundings.Out.WriteLine(JsonSerializer.Serialize(comparison, StageJson.Options));
        }
        else
        {
            ComparisonTable.Write(surroundings.Out, comparison);
        }

        return Task.FromResult((int)ExitCode.Ok);
    }
}
