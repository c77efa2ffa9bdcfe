using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Says whether a report can be believed.</summary>
[Command(
    "verify",
    Description = "Check a report: hash everything it rests on, make its figures again from the predictions."
)]
internal sealed class VerifyCommand : StoreCommand
{
    [Argument(0, "report", "A report.html or report.json, or a run's id; the newest run's report by default")]
    public string? Report { get; set; }

    public override async Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        var store = Store(surroundings);
        var runs = new RunHistory(store.Paths).Runs().ToList();
        var run =
            Report is not null && File.Exists(Report)
                ? Writer(runs, store, Report)
                : NamedRuns.WithReport(runs, Report);
        if (run.Keys().Count == 0)
        {
            throw new UsageException(
                $"run {run.Id} did not write down the fingerprints of its steps",
                "run its document again with this version; nothing that is valid is made twice"
            );
        }

        var check = new RunCheck(store, run);
        await check.RunAsync(cancellationToken);
        foreach (var line in check.Held)
        {
            surroundings.Out.WriteLine($"holds  {line}");
        }

        foreach (var line in check.Faults)
        {
            surroundings.Out.WriteLine($"fault  {line}");
        }

        surroundings.Out.WriteLine(
            check.Faults.Count == 0 ? $"run {run.Id} is what it says" : $"run {run.Id} is not what it says"
        );
        return (int)(check.Faults.Count == 0 ? ExitCode.Ok : ExitCode.CacheDamaged);
    }

    // A report may have been copied or mailed: what tells the run is its bytes.
    private static PastRun Writer(List<PastRun> runs, ArtifactStore store, string path)
    {
        var digest = ContentHash.OfFile(path).Hex;
        return runs.Find(run => Reports(run, store).Contains(digest, StringComparer.Ordinal))
            ?? throw new PipelineException(
                new Diagnostic(
                    "FT6401",
                    $"'{path}' is no report that a run of this store wrote: it was changed, or comes from another store",
                    Cure: "--cache names another store; 'dotnet finetune report' says where the newest report is"
                ),
                ExitCode.CacheDamaged
            );
    }

    private static IEnumerable<string> Reports(PastRun run, ArtifactStore store) =>
        run.Keys()
            .Where(step => step.Step == "report")
            .Select(step => store.Find(ContentHash.Parse(step.Key), _ => { }))
            .OfType<ActionResult>()
            .SelectMany(result => result.Outputs)
            .Select(output => output.Digest);
}
