using Finetune.Cli.Invocation;
using Finetune.Cli.Output;
using Finetune.Cli.Pipelines;
using Finetune.Stages.Hub;

namespace Finetune.Cli.Hub;

/// <summary>Models of the Hub that are named on the command line, <c>--model hub:org/name@revision</c>. The commit is the
/// one that <c>finetune.lock.json</c> in the working directory pins; else the one in the cache; else what the revision
/// is now.</summary>
internal static class HubModels
{
    private static Surroundings? s_surroundings;
    private static ToolCommand? s_command;
    private static CancellationToken s_stop;

    /// <summary>Says once what the process stands in.</summary>
    public static void Use(Surroundings surroundings, ToolCommand command, CancellationToken stop) =>
        (s_surroundings, s_command, s_stop) = (surroundings, command, stop);

    /// <summary>The folder of a model, downloaded if need be.</summary>
    /// <exception cref="UsageException">It is no reference to a model.</exception>
    /// <exception cref="Graph.Diagnostics.PipelineException">It cannot be had.</exception>
    public static string Folder(string written, HubPart part)
    {
        var reference = HubReference.Parse(written) is { IsDataset: false } parsed
            ? parsed
            : throw new UsageException($"'{written}' names no model of the Hub", "write hub:org/name@revision");
        var surroundings = s_surroundings ?? Surroundings.OfProcess();
        var environment = Fetching.Environment(surroundings, s_command?.Offline == true);
        var wish = new HubWish(reference, part);
        var pins = HubLock.In(System.Environment.CurrentDirectory);
        var cached = HubShelf.Cached(new HubCache(environment.CacheFolder), wish, pins.CommitOf(reference));
        return cached?.Folder ?? Fetch(surroundings, environment, wish, pins);
    }

    private static string Fetch(Surroundings surroundings, HubEnvironment environment, HubWish wish, HubLock pins)
    {
        using var fetcher = new HubFetcher(environment, surroundings.Clock);
        var progress = new Spoken(
            new PlainProgress(surroundings.Error, s_command?.Verbosity ?? Verbosity.Normal, surroundings.Clock),
            wish.Reference.Name
        );
        return fetcher.FetchAsync(wish, pins, progress, s_stop).GetAwaiter().GetResult().Folder;
    }

    private sealed class Spoken(PlainProgress shown, string name) : IProgress<Graph.Planning.StageProgress>
    {
        public void Report(Graph.Planning.StageProgress value) =>
            shown.Report(new Graph.Execution.StepProgressed(name, value));
    }
}
