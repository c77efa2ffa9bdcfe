using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>
/// Runs a plan: each step as soon as what it reads is there, light ones side by side, one heavy one at a time; a failed
/// step takes only its dependents with it.
/// </summary>
/// <param name="store">Where results are looked up and published.</param>
/// <param name="clock">Measures.</param>
public sealed class Executor(ArtifactStore store, TimeProvider clock)
{
    /// <summary>Runs the selected steps; those that are not selected are only looked up.</summary>
    /// <exception cref="PipelineException">A named step does not exist (exit code 1).</exception>
    public async Task<RunResult> RunAsync(
        Plan plan,
        RunOptions options,
        IProgress<RunEvent> events,
        CancellationToken cancellationToken
    )
    {
        var selected = options.Select(plan);
        using var held = await HoldAsync(cancellationToken);
        var latest = new LatestKeys(store, plan);
        var before = latest.Read();
        using var light = new SemaphoreSlim(Math.Max(1, options.Jobs));
        using var heavy = new SemaphoreSlim(1);
        var tasks = new Dictionary<string, Task<StepResult>>(StringComparer.Ordinal);
        foreach (var step in plan.Steps)
        {
            var needed = step
                .Inputs.OfType<OutputInput>()
                .Select(i => i.Step)
                .Distinct(StringComparer.Ordinal)
                .Select(name => tasks[name])
                .ToList();
            var run = new StepRun(
                store,
                clock,
                step,
                selected.Contains(step.Name),
                options.Force.Contains(step.Name, StringComparer.Ordinal),
                before.TryGetValue(step.Name, out var key) ? latest.Expanded(key) : null,
                step.Stage.Heavy ? heavy : light,
                events
            );
            tasks[step.Name] = Task.Run(
                async () =>
                {
                    var inputs = await Task.WhenAll(needed);
                    var result = await run.RunAsync(
                        inputs.ToDictionary(r => r.Name, StringComparer.Ordinal),
                        cancellationToken
                    );
                    events.Report(new StepFinished(step.Name, result));
                    return result;
                },
                CancellationToken.None
            );
        }

        var results = await Task.WhenAll(plan.Steps.Select(s => tasks[s.Name]));
        latest.Write(results);
        store.Digests.Save(store.Paths.Temp);
        return new RunResult(results, cancellationToken.IsCancellationRequested);
    }

    /// <summary>While this is held nothing is collected; collecting takes a moment, so waiting for it is enough.</summary>
    private async Task<FileStream> HoldAsync(CancellationToken cancellationToken)
    {
        var maintenance = new CacheMaintenance(store, clock);
        while (true)
        {
            if (maintenance.HoldForRun() is { } held)
            {
                return held;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }
    }
}
