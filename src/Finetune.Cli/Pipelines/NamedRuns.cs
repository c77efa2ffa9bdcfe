using Finetune.Cli.Invocation;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;

namespace Finetune.Cli.Pipelines;

/// <summary>Finds the run that an argument means.</summary>
internal static class NamedRuns
{
    private const string Elsewhere = "'dotnet finetune runs' lists the runs; --cache names another store";

    /// <summary>The run of that id, or the only one whose id begins so.</summary>
    /// <param name="history">The store's runs.</param>
    /// <param name="name">What was given.</param>
    /// <exception cref="UsageException">There is none, or there are several.</exception>
    public static PastRun Find(IReadOnlyList<PastRun> history, string name)
    {
        var meant = history.Where(run => run.Id.StartsWith(name, StringComparison.Ordinal)).ToList();
        return meant.Find(run => run.Id == name)
            ?? meant.Count switch
            {
                1 => meant[0],
                0 => throw new UsageException(
                    $"there is no run '{name}'",
                    NearestMatch.Of(name, history.Select(run => run.Id)) is { } near
                        ? $"did you mean '{near}'?"
                        : Elsewhere
                ),
                _ => throw new UsageException(
                    $"'{name}' is the beginning of {meant.Count} runs",
                    string.Join(", ", meant.Select(run => run.Id))
                ),
            };
    }

    /// <summary>The run that is named, or the newest with a report.</summary>
    /// <param name="history">The store's runs, newest first.</param>
    /// <param name="name">What was given; null where nothing was.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public static PastRun WithReport(IReadOnlyList<PastRun> history, string? name) =>
        name is not null
            ? Find(history, name)
            : history.FirstOrDefault(run => run.Summary["report"] is not null)
                ?? throw new UsageException("no run here has a report", Elsewhere);
}
