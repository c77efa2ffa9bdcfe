using Finetune.Cli.Output;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using Finetune.Stages.Hub;

namespace Finetune.Cli.Hub;

/// <summary>Fetches what a document takes from the Hub, shown as steps of a run are, and pins it.</summary>
internal static class Fetching
{
    private const string Kind = "fetch";

    /// <summary>The Hub as the process's variables and <c>--offline</c> say.</summary>
    public static HubEnvironment Environment(Surroundings surroundings, bool offline)
    {
        var environment = HubEnvironment.Of(surroundings.Variable);
        return offline ? environment with { Offline = true } : environment;
    }

    /// <summary>Fetches and pins, one after the other.</summary>
    /// <param name="wishes">What is wanted.</param>
    /// <param name="pins">The document's lock; every wish is pinned as soon as it is here.</param>
    /// <param name="environment">The Hub.</param>
    /// <param name="clock">Measures and waits.</param>
    /// <param name="events">Where progress goes.</param>
    /// <param name="cancellationToken">Ends it; what came is kept.</param>
    /// <exception cref="Graph.Diagnostics.PipelineException">Something cannot be had.</exception>
    public static async Task<IReadOnlyList<HubSnapshot>> RunAsync(
        IReadOnlyList<HubWish> wishes,
        HubLock pins,
        HubEnvironment environment,
        TimeProvider clock,
        IProgress<RunEvent> events,
        CancellationToken cancellationToken
    )
    {
        using var fetcher = new HubFetcher(environment, clock);
        var snapshots = new List<HubSnapshot>();
        foreach (var wish in wishes)
        {
            var name = $"{Kind}.{wish.Reference.Id}";
            var start = clock.GetTimestamp();
            var reason = environment.Offline
                ? "from the cache"
                : $"{wish.Reference.Name} from {environment.Endpoint.Authority}";
            events.Report(new StepStarted(name, reason));
            var snapshot = await fetcher.FetchAsync(wish, pins, new Relay(name, events), cancellationToken);
            pins.Pin(wish, snapshot);
            snapshots.Add(snapshot);
            events.Report(new StepFinished(name, Result(name, reason, clock.GetElapsedTime(start), snapshot)));
        }

        return snapshots;
    }

    private static StepResult Result(string name, string reason, TimeSpan elapsed, HubSnapshot snapshot) =>
        new(
            name,
            Kind,
            StepStatus.Executed,
            reason,
            elapsed.TotalSeconds,
            null,
            new Dictionary<string, string> { ["snapshot"] = snapshot.Folder },
            new Dictionary<string, string>(),
            [],
            []
        );

    // Not the library's Progress: its reports come on other threads, after the step's end.
    private sealed class Relay(string step, IProgress<RunEvent> events) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => events.Report(new StepProgressed(step, value));
    }
}
