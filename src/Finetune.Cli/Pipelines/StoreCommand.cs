using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Graph.Caching;
using McMaster.Extensions.CommandLineUtils;

namespace Finetune.Cli.Pipelines;

/// <summary>A command about a store, with no document.</summary>
internal abstract class StoreCommand : ToolCommand
{
    [Option("--cache <DIR>", "The store; FINETUNE_HOME or ./.finetune by default", CommandOptionType.SingleValue)]
    public string? Cache { get; set; }

    /// <summary>The store.</summary>
    protected ArtifactStore Store(Surroundings surroundings) =>
        new(StorePlace.Of(Cache, surroundings, Environment.CurrentDirectory), surroundings.Clock);
}
