using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>What a run would do with a step.</summary>
public enum Forecast
{
    /// <summary>Its result is in the store.</summary>
    Hit,

    /// <summary>It would run.</summary>
    Miss,

    /// <summary>It depends on the output of a step that would run, and equal output would make it a hit; or on files that
    /// are not here yet.</summary>
    Unknown,
}

/// <summary>A step as it stands.</summary>
/// <param name="Step">The step.</param>
/// <param name="Forecast">What a run would do.</param>
/// <param name="Reason">Why.</param>
/// <param name="Key">Its key, where it can be known.</param>
/// <param name="Difference">The first entry that differs from the last run's key; for a hit, from the key before.</param>
/// <param name="Result">The stored result of a hit.</param>
public sealed record StepForecast(
    Step Step,
    Forecast Forecast,
    string Reason,
    Fingerprint? Key,
    KeyDifference? Difference,
    ActionResult? Result
)
{
    /// <summary>For a hit whose output is to lie outside the store, too: what is not as it was put there, which a run would
    /// mend; else null.</summary>
    public string? Drift { get; init; }
}

/// <summary>Looks a plan up in the store; runs nothing.</summary>
/// <param name="store">The store.</param>
public sealed class Inspector(ArtifactStore store)
{
    /// <summary>Every step's forecast, in plan order.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="warn">Told of damaged entries.</param>
    public IReadOnlyList<StepForecast> Inspect(Plan plan, Action<Diagnostic> warn)
    {
        var latest = new LatestKeys(store, plan);
        var before = latest.Read();
        var previous = latest.Previous();
        var forecasts = new Dictionary<string, StepForecast>(StringComparer.Ordinal);
        foreach (var step in plan.Steps)
        {
            var last = before.TryGetValue(step.Name, out var key) ? latest.Expanded(key) : null;
            var forecast = Inspect(step, forecasts, last, warn);
            forecasts[step.Name] =
                forecast.Forecast == Forecast.Hit ? Explained(forecast, key, last, previous, latest) : forecast;
        }

        return [.. plan.Steps.Select(s => forecasts[s.Name])];
    }

    /// <summary>For a hit, what made it another step than the one before: so that a change can be explained after the run
    /// that followed it, too. A key that is not the last run's (an edit taken back) is compared with that.</summary>
    private static StepForecast Explained(
        StepForecast hit,
        string? lastKey,
        JsonObject? last,
        IReadOnlyDictionary<string, string> previous,
        LatestKeys latest
    )
    {
        var older =
            lastKey != hit.Key!.Key.Hex ? last
            : previous.TryGetValue(hit.Step.Name, out var key) ? latest.Expanded(key)
            : null;
        return hit with
        {
            Difference = older is null ? null : Explainer.FirstDifference(hit.Step, older, hit.Key.Expanded),
        };
    }

    private StepForecast Inspect(
        Step step,
        Dictionary<string, StepForecast> known,
        JsonObject? last,
        Action<Diagnostic> warn
    )
    {
        if (step.Inputs.OfType<AbsentInput>().FirstOrDefault() is { } absent)
        {
            return new StepForecast(step, Forecast.Unknown, absent.Reason, null, null, null);
        }

        var open = step.Inputs.OfType<OutputInput>().FirstOrDefault(i => known[i.Step].Forecast != Forecast.Hit);
        if (open is not null)
        {
            var cause = known[open.Step];
            var root =
                cause.Forecast == Forecast.Unknown
                    ? cause.Reason
                    : $"depends on {open.Step}, which would run ({cause.Reason})";
            return new StepForecast(step, Forecast.Unknown, root, null, cause.Difference, null);
        }

        Fingerprint key;
        try
        {
            key = Lookup.Key(
                step,
                i => known[i.Step].Result!.Outputs.Single(o => o.Name == i.Output).Digest,
                store.Digests
            );
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new StepForecast(step, Forecast.Miss, exception.Message, null, null, null);
        }

        if (store.Find(key.Key, warn) is { } hit)
        {
            return new StepForecast(step, Forecast.Hit, "", key, null, hit) { Drift = Placing.Drift(step, hit) };
        }

        var difference = last is null ? null : Explainer.FirstDifference(step, last, key.Expanded);
        var reason = last is null ? "first run of this step" : difference?.ToString() ?? "its result is gone";
        return new StepForecast(step, Forecast.Miss, reason, key, difference, null);
    }
}
