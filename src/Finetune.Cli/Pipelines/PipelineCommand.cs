using Finetune.Cli.Batch;
using Finetune.Cli.Health;
using Finetune.Cli.Hub;
using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Engine.Models;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using Finetune.Stages.Compilation;
using Finetune.Stages.Hub;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Pipelines;

/// <summary>A command about a pipeline document.</summary>
internal abstract class PipelineCommand : ToolCommand
{
    private const string DefaultDocument = "pipeline.yml";

    /// <summary>The document as the user named it; where it stands among the arguments, each command says.</summary>
    public abstract string? Pipeline { get; set; }

    [Option(
        "--set <ASSIGNMENT>",
        "Replace a value of the document, KEY=VALUE; may be given more than once",
        CommandOptionType.MultipleValue
    )]
    public string[] Set { get; set; } = [];

    [Option(
        "--cache <DIR>",
        "The store; FINETUNE_HOME or .finetune beside the document by default",
        CommandOptionType.SingleValue
    )]
    public string? Cache { get; set; }

    [Option("--limit <N>", "At most this many rows of every source", CommandOptionType.SingleValue)]
    public long? Limit { get; set; }

    [Option("--device <DEVICE>", DeviceArgument.BesideDocument, CommandOptionType.SingleValue)]
    public string? Device { get; set; }

    /// <summary>Gates added on the command line.</summary>
    protected virtual IReadOnlyList<string> AddedGates => [];

    /// <summary>The document's path as it is shown.</summary>
    protected string DisplayPath => Pipeline ?? DefaultDocument;

    /// <summary>The document's folder, absolute.</summary>
    protected string DocumentFolder => Path.GetDirectoryName(Path.GetFullPath(DisplayPath))!;

    /// <summary>The folder of the store.</summary>
    internal string StoreRoot(Surroundings surroundings) => StorePlace.Of(Cache, surroundings, DocumentFolder);

    /// <summary>Compiles the document and looks its steps up in the store; runs nothing.</summary>
    /// <exception cref="PipelineException">It is invalid.</exception>
    internal (Plan Plan, IReadOnlyList<StepForecast> Forecasts) Inspect(Surroundings surroundings)
    {
        var plan = Compile(surroundings).Plan;
        var store = new ArtifactStore(StoreRoot(surroundings), surroundings.Clock);
        return (plan, new Inspector(store).Inspect(plan, d => surroundings.Error.Write(Sources.Print(d))));
    }

    /// <summary>Compiles a document of which everything must be here already.</summary>
    /// <exception cref="PipelineException">It is invalid, or takes from the Hub what was not fetched yet.</exception>
    internal CompiledPipeline CompileWhole(Surroundings surroundings)
    {
        var compiled = Compile(surroundings);
        return compiled.Missing.Count == 0
            ? compiled
            : throw new PipelineException(
                [.. compiled.Missing.Select(w => HubDiagnostics.NotFetched(w.Reference))],
                ExitCode.StepFailed
            );
    }

    /// <summary>Fetches and pins, under a display.</summary>
    /// <param name="surroundings">The process's.</param>
    /// <param name="wishes">What is wanted.</param>
    /// <param name="pins">The document's lock.</param>
    /// <param name="sink">Where else events go.</param>
    /// <param name="verbosity">How much is shown.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected Task FetchAsync(
        Surroundings surroundings,
        IReadOnlyList<HubWish> wishes,
        HubLock pins,
        Func<IProgress<RunEvent>, IProgress<RunEvent>> sink,
        Verbosity verbosity,
        CancellationToken cancellationToken
    )
    {
        var environment = Fetching.Environment(surroundings, Offline);
        Task<IReadOnlyList<HubSnapshot>> Fetch(IProgress<RunEvent> shown) =>
            Fetching.RunAsync(wishes, pins, environment, surroundings.Clock, sink(shown), cancellationToken);
        return surroundings.IsLive && verbosity == Verbosity.Normal
            ? LiveProgress.ShowAsync(Fetch)
            : Fetch(new PlainProgress(surroundings.Error, verbosity, surroundings.Clock));
    }

    /// <summary>Reads, checks and compiles the document; says warnings.</summary>
    /// <exception cref="PipelineException">It is invalid.</exception>
    internal CompiledPipeline Compile(Surroundings surroundings, bool say = true)
    {
        if (Limit is < 1)
        {
            throw new UsageException($"--limit {Limit} leaves no row", "give a number of 1 or more");
        }

        Sources.Overrides(Set);
        var document = DocumentReader.Read(DisplayPath, Set);
        Sources.Keep(document.DisplayPath, document.Text);
        var compiled = Compiler.Compile(
            document,
            new()
            {
                Limit = Limit,
                Require = AddedGates,
                StoreRoot = StoreRoot(surroundings),
                Device = DeviceArgument.Checked(Device),
                UsualDevice = UsualDevice.Here(surroundings.Variable),
                HubCache = HubEnvironment.Of(surroundings.Variable).CacheFolder,
                ModelTypes = ModelFamilies.Names,
            }
        );
        if (say)
        {
            Say(surroundings, compiled);
        }

        return compiled;
    }

    /// <summary>Says the document's warnings.</summary>
    protected void Say(Surroundings surroundings, CompiledPipeline compiled)
    {
        if (Verbosity >= Verbosity.Minimal)
        {
            foreach (var warning in compiled.Warnings)
            {
                surroundings.Error.Write(Sources.Print(warning));
            }
        }
    }
}
