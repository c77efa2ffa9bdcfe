using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>
/// One step of one run: key from the contents of its inputs, look-up, lock, look-up again, run in an attempt's folder,
/// check that the inputs did not move, publish.
/// </summary>
internal sealed class StepRun(
    ArtifactStore store,
    TimeProvider clock,
    Step step,
    bool selected,
    bool forced,
    JsonObject? latestKey,
    SemaphoreSlim room,
    IProgress<RunEvent> events
)
{
    private readonly List<Diagnostic> _warnings = [];
    private long _start;

    public async Task<StepResult> RunAsync(
        IReadOnlyDictionary<string, StepResult> inputs,
        CancellationToken cancellationToken
    )
    {
        _start = clock.GetTimestamp();
        var missing = inputs.Values.FirstOrDefault(r => !r.HasOutputs);
        if (missing is not null)
        {
            return End(
                StepStatus.Skipped,
                $"{missing.Name} {(missing.Status == StepStatus.Failed ? "failed" : "was skipped")}"
            );
        }

        Fingerprint? key = null;
        try
        {
            key = Key(inputs);
            if (!(forced && selected) && store.Find(key.Key, Warn) is { } hit)
            {
                store.Touch(hit);
                return Done(StepStatus.Cached, "", hit);
            }

            if (!selected)
            {
                return End(StepStatus.Skipped, "not selected, and not in the cache", key);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return await MakeAsync(key, inputs, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return End(StepStatus.Skipped, "stopped", key);
        }
        catch (PipelineException exception)
        {
            _warnings.AddRange(exception.Diagnostics);
            var code = exception.ExitCode == ExitCode.InvalidPipeline ? ExitCode.StepFailed : exception.ExitCode;
            return End(StepStatus.Failed, exception.Diagnostics[0].Message, key) with { ExitCode = code };
        }
        catch (Exception exception)
        {
            _warnings.Add(new Diagnostic("FT9901", $"{step.Name}: {exception.GetType().Name}: {exception.Message}"));
            return End(StepStatus.Failed, exception.Message, key, exception);
        }
    }

    private async Task<StepResult> MakeAsync(
        Fingerprint key,
        IReadOnlyDictionary<string, StepResult> inputs,
        CancellationToken cancellationToken
    )
    {
        using var keyLock = await KeyLock.TakeAsync(
            store.Paths.Lock(key.Key.Hex),
            () => events.Report(new StepWaiting(step.Name)),
            cancellationToken
        );
        if (!forced && store.Find(key.Key, _ => { }) is { } made)
        {
            return Done(StepStatus.Cached, "", made);
        }

        await room.WaitAsync(cancellationToken);
        try
        {
            var reason =
                forced ? "forced"
                : latestKey is null ? "first run of this step"
                : Explainer.FirstDifference(step, latestKey, key.Expanded)?.ToString() ?? "its result is gone";
            events.Report(new StepStarted(step.Name, reason));

            // Waiting for other steps is no part of what this one took.
            _start = clock.GetTimestamp();
            if (forced)
            {
                Remove(store.Paths.Checkpoints(key.Key.Hex));
            }

            var context = Context(key, inputs);
            var began = clock.GetTimestamp();
            await step.Stage.RunAsync(context, cancellationToken);
            Facts.Add(context.Facts, clock.GetElapsedTime(began));
            CheckInputs(key, inputs);

            var result = store.Publish(key, step, context, _warnings);
            Remove(store.Paths.Attempt(key.Key.Hex));
            Remove(store.Paths.Checkpoints(key.Key.Hex));
            Remove(store.Paths.OutputFolder(key.Key.Hex));
            return Done(StepStatus.Executed, reason, result);
        }
        finally
        {
            room.Release();
        }
    }

    /// <summary>A result must not be kept under the key of inputs that were not the ones it was made of.</summary>
    private void CheckInputs(Fingerprint key, IReadOnlyDictionary<string, StepResult> inputs)
    {
        var moved = Key(inputs).Key != key.Key;
        var damaged = step
            .Inputs.OfType<OutputInput>()
            .Any(i => store.Find(ContentHash.Parse(inputs[i.Step].Key!), _ => { }) is null);
        if (moved || damaged)
        {
            throw new PipelineException(
                new Diagnostic(
                    "FT6201",
                    $"a file that {step.Name} reads changed while it ran; nothing was kept",
                    Cure: "run again when the file is at rest"
                ),
                ExitCode.StepFailed
            );
        }
    }

    private Fingerprint Key(IReadOnlyDictionary<string, StepResult> inputs)
    {
        try
        {
            return Lookup.Key(step, i => inputs[i.Step].Digests[i.Output], store.Digests);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var near = exception is FileNotFoundException { FileName: { } missing }
                ? NearestMatch.OfFile(missing)
                : null;
            throw new PipelineException(
                new Diagnostic(
                    "FT2001",
                    $"{step.Name} cannot read a file: {exception.Message}",
                    Cure: near is null ? "put the file back, or name another" : $"did you mean '{near}'?"
                ),
                ExitCode.StepFailed
            );
        }
    }

    private StageContext Context(Fingerprint key, IReadOnlyDictionary<string, StepResult> inputs)
    {
        var attempt = store.Paths.Attempt(key.Key.Hex);
        var checkpoints = store.Paths.Checkpoints(key.Key.Hex);
        Remove(attempt);
        Directory.CreateDirectory(attempt);
        Directory.CreateDirectory(checkpoints);
        var fromSteps = step.Inputs.OfType<OutputInput>().ToList();
        return new StageContext
        {
            Step = step,
            InputPaths = step.Inputs.ToDictionary(
                i => i.Name,
                i => i is OutputInput o ? [inputs[o.Step].Outputs[o.Output]] : ((FileInput)i).Paths,
                StringComparer.Ordinal
            ),
            InputFacts = fromSteps.ToDictionary(i => i.Name, i => inputs[i.Step].Facts, StringComparer.Ordinal),
            InputKeys = fromSteps.ToDictionary(i => i.Name, i => inputs[i.Step].Key!, StringComparer.Ordinal),
            OutputPaths = step.Stage.Outputs.ToDictionary(
                o => o.Name,
                o => Path.Combine(attempt, o.FileName),
                StringComparer.Ordinal
            ),
            CheckpointFolder = checkpoints,
            Progress = new Relay(step.Name, events),
            Warn = Warn,
        };
    }

    private void Warn(Diagnostic warning)
    {
        _warnings.Add(warning with { Severity = Severity.Warning });
        events.Report(new StepWarned(step.Name, _warnings[^1]));
    }

    private StepResult Done(StepStatus status, string reason, ActionResult result)
    {
        var outputs = store.Show(result);
        if (step.Placement is { } placement)
        {
            Place(outputs[placement.Output], placement.Target);
        }

        return End(status, reason) with
        {
            Key = result.Key,
            Outputs = outputs,
            Digests = result.Outputs.ToDictionary(o => o.Name, o => o.Digest, StringComparer.Ordinal),
            Diagnostics =
                status == StepStatus.Cached
                    ? [.. _warnings, .. result.Warnings.Select(w => w.ToDiagnostic())]
                    : [.. _warnings],
            Facts = result.Facts,
        };
    }

    private static void Place(string output, string target)
    {
        try
        {
            Placing.Put(output, target);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PipelineException(
                new Diagnostic(
                    "FT6202",
                    $"'{target}' cannot be written: {exception.Message}",
                    Cure: "name another place, or make this one writable"
                ),
                ExitCode.StepFailed
            );
        }
    }

    private StepResult End(StepStatus status, string reason, Fingerprint? key = null, Exception? bug = null) =>
        new(
            step.Name,
            step.Kind,
            status,
            reason,
            clock.GetElapsedTime(_start).TotalSeconds,
            key?.Key.Hex,
            new Dictionary<string, string>(),
            new Dictionary<string, string>(),
            [.. _warnings],
            [],
            bug
        );

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Relay(string step, IProgress<RunEvent> events) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => events.Report(new StepProgressed(step, value));
    }
}
