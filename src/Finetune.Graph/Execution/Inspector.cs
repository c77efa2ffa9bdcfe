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

    /// <summary>It depends on the output of a step that would run, and equal output would make it a hit.</summary>
    Unknown,
}

/// <summary>A step as it stands.</summary>
/// <param name="Step">The step.</param>
/// <param name="Forecast">What a run would do.</param>
/// <param name="Reason">Why.</param>
/// <param name="Key">Its key, where it can be known.</param>
/// <param name="Difference">The first entry that differs from the last run's key.</param>
/// <param name="Result">The stored result of a hit.</param>
public sealed record StepForecast(
    Step Step,
    Forecast Forecast,
    string Reason,
    Fingerprint? Key,
    KeyDifference? Difference,
    ActionResult? Result
);

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
        var forecasts = new Dictionary<string, StepForecast>(StringComparer.Ordinal);
        foreach (var step in plan.Steps)
        {
            var last = before.TryGetValue(step.Name, out var key) ? latest.Expanded(key) : null;
            forecasts[step.Name] = Inspect(step, forecasts, last, warn);
        }

        return [.. plan.Steps.Select(s => forecasts[s.Name])];
    }

    private StepForecast Inspect(
        Step step,
        Dictionary<string, StepForecast> known,
        JsonObject? last,
        Action<Diagnostic> warn
    )
    {
        var open = step.Inputs.OfType<OutputInput>().FirstOrDefault(i => known[i.Step].Forecast != Forecast.Hit);
        if (open is not null)
        {
            return new StepForecast(step, Forecast.Unknown, $"depends on {open.Step}", null, null, null);
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
            return new StepForecast(step, Forecast.Hit, "", key, null, hit);
        }

        var difference = last is null ? null : Explainer.FirstDifference(last, key.Expanded);
        var reason = last is null ? "first run of this step" : difference?.ToString() ?? "its result is gone";
        return new StepForecast(step, Forecast.Miss, reason, key, difference, null);
    }
}
