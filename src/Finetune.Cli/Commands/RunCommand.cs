using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Cli.Batch;
using Finetune.Cli.Integration;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Cli.Tracking;
using Finetune.Engine.Native;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Compilation;
using Finetune.Stages.Hub;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Commands;

/// <summary>Runs what changed, judges the gates, and says the verdict.</summary>
[Command("run", Description = "Run a pipeline: what changed runs, the rest is taken from the cache.")]
internal sealed class RunCommand : PipelineCommand
{
    [Argument(0, "pipeline", "The document; ./pipeline.yml by default")]
    public override string? Pipeline { get; set; }

    [Option("--only <STEP>", "Just this step; may be given more than once", CommandOptionType.MultipleValue)]
    public string[] Only { get; set; } = [];

    [Option("--from <STEP>", "This step and what depends on it", CommandOptionType.MultipleValue)]
    public string[] From { get; set; } = [];

    [Option("--until <STEP>", "This step and what it depends on", CommandOptionType.MultipleValue)]
    public string[] Until { get; set; } = [];

    [Option("--force <STEP>", "Run this step even when its result is cached", CommandOptionType.MultipleValue)]
    public string[] Force { get; set; } = [];

    [Option("--jobs <N>", "Light steps side by side; as many as cores by default", CommandOptionType.SingleValue)]
    public int? Jobs { get; set; }

    [Option(
        "--threads <N>",
        "Threads of a heavy step at most; by default all cores, of which a small model uses two",
        CommandOptionType.SingleValue
    )]
    public int? Threads { get; set; }

    [Option(
        "--require <EXPR>",
        "A gate beside the document's; may be given more than once",
        CommandOptionType.MultipleValue
    )]
    public string[] Require { get; set; } = [];

    [Option("--json", "Events on standard output, one JSON object a line", CommandOptionType.NoValue)]
    public bool Json { get; set; }

    [Option("--junit <FILE>", "Steps and gates as JUnit XML", CommandOptionType.SingleValue)]
    public string? JUnit { get; set; }

    [Option("--summary <FILE>", "The verdict in Markdown, for a pull request", CommandOptionType.SingleValue)]
    public string? Summary { get; set; }

    [Option("--annotations", "What is wrong as GitHub annotations, at its line", CommandOptionType.NoValue)]
    public bool Annotate { get; set; }

    [Option(
        "--track <KIND>",
        "Follow the run: tensorboard[=FOLDER], csv[=FOLDER], mlflow[=URL] or otel; may be given more than once",
        CommandOptionType.MultipleValue
    )]
    public string[] Track { get; set; } = [];

    protected override IReadOnlyList<string> AddedGates => Require;

    public override async Task<int> RunAsync(Surroundings surroundings, CancellationToken cancellationToken)
    {
        if (Jobs is < 1 || Threads is < 1)
        {
            throw new UsageException("--jobs and --threads count from 1");
        }

        Engine.Native.Threads.Asked = Threads;
        using var tracking = new RunTracking(
            Trackers.Of(Track, StoreRoot(surroundings), surroundings),
            surroundings.Clock,
            text => surroundings.Error.Write(Sources.Print(new Diagnostic("FT9201", text, Severity: Severity.Warning)))
        );
        var handover = new Handover(
            JUnit,
            Summary,
            surroundings.Variable("GITHUB_STEP_SUMMARY"),
            Annotate ? (Json ? surroundings.Error : surroundings.Out) : null,
            surroundings.Variable("GITHUB_WORKSPACE")
        );
        try
        {
            return await RunAsync(surroundings, handover, tracking, cancellationToken);
        }
        catch (PipelineException e)
        {
            handover.Give(new RunOutcome(DisplayPath, DisplayPath, null) { Found = e.Diagnostics });
            throw;
        }
    }

    private async Task<int> RunAsync(
        Surroundings surroundings,
        Handover handover,
        RunTracking tracking,
        CancellationToken cancellationToken
    )
    {
        var start = surroundings.Clock.GetTimestamp();
        var compiled = Compile(surroundings, say: false);
        var store = new ArtifactStore(StoreRoot(surroundings), surroundings.Clock);
        var maintenance = new CacheMaintenance(store, surroundings.Clock);
        var folder = new RunFolder(store, RunIds.New(surroundings.Clock));
        var previous = new RunHistory(store.Paths).Runs(DisplayPath).FirstOrDefault();
        var options = new RunOptions
        {
            Only = Only,
            From = From,
            Until = Until,
            Force = Force,
            Jobs = Jobs ?? Environment.ProcessorCount,
        };
        _ = options.Select(compiled.Plan);
        if (compiled.Missing.Count > 0)
        {
            await FetchAsync(
                surroundings,
                compiled.Missing,
                HubLock.In(DocumentFolder),
                shown => new RunEvents(shown, folder, Json ? surroundings.Out : null),
                Json ? Verbosity.Minimal : Verbosity,
                cancellationToken
            );
            compiled = Compile(surroundings, say: false);
        }

        if (compiled.Device != ComputeDevice.Processor)
        {
            // What would fail an hour from now fails now.
            _ = DeviceArgument.Here(compiled.Device);
        }

        Say(surroundings, compiled);
        tracking.Begin(folder.Id, compiled.Plan.Name, compiled.Document);
        RunResult result;
        ExitCode code;
        using (Hold(maintenance))
        {
            result = await ExecuteAsync(
                surroundings,
                compiled.Plan,
                options,
                store,
                folder,
                tracking,
                cancellationToken
            );
            code = Finish(
                surroundings,
                handover,
                tracking,
                compiled,
                result,
                folder,
                previous,
                surroundings.Clock.GetElapsedTime(start)
            );
        }

        _ = maintenance.KeepBudget(result);
        return result.Cancelled ? throw new OperationCanceledException() : (int)code;
    }

    /// <summary>Nothing is collected while this is held: the run's end copies what the store shows.</summary>
    private static FileStream Hold(CacheMaintenance maintenance) =>
        maintenance.HoldForRun()
        ?? throw new PipelineException(
            new Diagnostic("FT6301", "the store is being collected by another process", Cure: "run again in a moment"),
            ExitCode.Lock
        );

    private Task<RunResult> ExecuteAsync(
        Surroundings surroundings,
        Plan plan,
        RunOptions options,
        ArtifactStore store,
        RunFolder folder,
        RunTracking tracking,
        CancellationToken cancellationToken
    )
    {
        var executor = new Executor(store, surroundings.Clock);
        Task<RunResult> Execute(IProgress<RunEvent> shown) =>
            executor.RunAsync(
                plan,
                options,
                new RunEvents(shown, folder, Json ? surroundings.Out : null, tracking),
                cancellationToken
            );
        return surroundings.IsLive && !Json && Verbosity == Verbosity.Normal
            ? LiveProgress.ShowAsync(Execute)
            : Execute(new PlainProgress(surroundings.Error, Json ? Verbosity.Minimal : Verbosity, surroundings.Clock));
    }

    private ExitCode Finish(
        Surroundings surroundings,
        Handover handover,
        RunTracking tracking,
        CompiledPipeline compiled,
        RunResult result,
        RunFolder folder,
        PastRun? previous,
        TimeSpan elapsed
    )
    {
        var verdict = result.Find("verdict") is { HasOutputs: true } judged
            ? VerdictFile.Read(judged.Outputs["verdict"])
            : null;
        var metrics = verdict is null ? null : VerdictFile.Metrics(verdict);
        var gates = JudgedGate.Of(compiled.Require, verdict);
        var report = result.Find("report") is { HasOutputs: true } made
            ? made.Outputs.Values.Select(folder.Keep).First(p => p.EndsWith(".html", StringComparison.Ordinal))
            : null;
        var outcome = new RunOutcome(compiled.Plan.Name, DisplayPath, result)
        {
            Found = compiled.Warnings,
            Verdict = verdict,
            Gates = gates,
            Report = report,
            Seconds = elapsed.TotalSeconds,
        };
        var ok = outcome.Ok;
        var last = new JsonObject
        {
            ["event"] = "run-finished",
            ["run"] = folder.Id,
            ["ok"] = ok,
            ["seconds"] = Math.Round(elapsed.TotalSeconds, 3),
            ["steps"] = new JsonArray([.. result.Steps.Select(RunEventJson.Step)]),
            ["metrics"] = new JsonObject(
                (metrics ?? new Dictionary<string, double>()).Select(m =>
                    KeyValuePair.Create<string, JsonNode?>(m.Key, JsonValue.Create(m.Value))
                )
            ),
            ["report"] = report,
        };
        folder.Append(last);
        folder.Finish(
            new JsonObject
            {
                ["run"] = folder.Id,
                ["name"] = compiled.Plan.Name,
                ["document"] = Path.GetFullPath(DisplayPath),
                ["ok"] = ok,
                ["started"] = surroundings
                    .Clock.GetUtcNow()
                    .Subtract(elapsed)
                    .ToString("O", CultureInfo.InvariantCulture),
                ["seconds"] = Math.Round(elapsed.TotalSeconds, 3),
                ["executed"] = result.Steps.Count(s => s.Status == StepStatus.Executed),
                ["metrics"] = last["metrics"]!.DeepClone(),
                ["report"] = report,
                ["settings"] = compiled.Document.DeepClone(),
            }
        );
        if (Json)
        {
            surroundings.Out.WriteLine(last.ToJsonString(RunEvents.JsonOptions));
        }

        if (Verbosity > Verbosity.Quiet)
        {
            RunSummary.Say(Json ? surroundings.Error : surroundings.Out, result, verdict, metrics, previous, report);
        }

        foreach (var gate in outcome.Broken)
        {
            surroundings.Error.Write(Sources.Print(gate.Diagnostic));
        }

        handover.Give(outcome);
        tracking.End(ok, result.Cancelled, metrics ?? new Dictionary<string, double>());
        return !result.Ok ? ExitOf(result)
            : outcome.Broken.Any() ? ExitCode.GateNotMet
            : ExitCode.Ok;
    }

    private static ExitCode ExitOf(RunResult result) =>
        result.Steps.Any(s => s.Bug is not null && NativeFailure.Of(s.Bug) is not null)
            ? ExitCode.Environment
            : result.ExitCode;
}
