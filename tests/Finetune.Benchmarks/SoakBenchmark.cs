using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Training;
using TorchSharp;

namespace Finetune.Benchmarks;

/// <summary>
/// Many steps of a small model: whether memory, live tensors and the time of a step stay as they were. What grows by a
/// byte a step shows here.
/// </summary>
internal static class SoakBenchmark
{
    private const int Window = 200;
    private const int Rows = 8;
    private const int Tokens = 96;

    /// <summary>Runs it; one JSON line.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--model", "--steps");
        var steps = arguments.Number("--steps", 2000);
        if (steps < 3 * Window)
        {
            throw new ArgumentException($"--steps: {steps} are too few to compare; at least {3 * Window}");
        }

        var shape = arguments.Text("--model") is { } named
            ? SpeedShape.Of(named)
            : new SpeedShape(512, 64, 5, 8, 4, 8, 172, true);
        var folder = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), shape.Config);
            using var model = ModelFolder.Initialize(folder, 1);
            Threads.Fit(model.Shape);
            var watch = new Watch(steps);
            Trainer.Run(
                model,
                [.. Enumerable.Range(0, 5 * Rows).Select(row => Example(row, shape.Vocabulary))],
                [],
                null,
                new TrainingOptions { MaxSteps = steps, BatchSize = Rows },
                Path.Combine(folder, "log.jsonl"),
                Path.Combine(folder, "checkpoint"),
                watch
            );
            yield return watch.Line();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Lengths differ from row to row, as real ones do: equal ones would let a faulty allocator pass.
    private static TrainingExample Example(int row, int vocabulary)
    {
        var ids = Enumerable.Range(0, Tokens - row % 7 * 9).Select(i => 1 + (i * 31 + row) % (vocabulary - 1));
        return new TrainingExample([.. ids], [.. ids.Select((_, i) => i > 3)]);
    }

    private sealed class Watch(int steps) : IProgress<TrainingProgress>
    {
        private readonly double[] _seconds = new double[steps];
        private long _last = TimeProvider.System.GetTimestamp();
        private int _step;
        private (double Megabytes, long Tensors) _early;
        private (double Megabytes, long Tensors) _late;

        public void Report(TrainingProgress value)
        {
            if (_step >= steps)
            {
                return;
            }

            var now = TimeProvider.System.GetTimestamp();
            _seconds[_step++] = TimeProvider.System.GetElapsedTime(_last, now).TotalSeconds;
            if (_step == Window)
            {
                _early = State();
            }
            else if (_step == steps)
            {
                _late = State();
            }

            _last = TimeProvider.System.GetTimestamp();
        }

        public JsonObject Line() =>
            new()
            {
                ["work"] = "soak",
                ["steps"] = steps,
                ["rss_mb_early"] = Math.Round(_early.Megabytes, 1),
                ["rss_mb_late"] = Math.Round(_late.Megabytes, 1),
                ["rss_growth"] = Math.Round(_late.Megabytes / _early.Megabytes - 1, 4),
                ["live_tensors_early"] = _early.Tensors,
                ["live_tensors_late"] = _late.Tensors,
                ["median_step_ms_early"] = Math.Round(1000 * Median(_seconds.AsSpan(0, Window)), 2),
                ["median_step_ms_late"] = Math.Round(1000 * Median(_seconds.AsSpan(steps - Window)), 2),
            };

        private static (double Megabytes, long Tensors) State()
        {
            GC.Collect();
            return (Usage.ResidentMegabytes(), DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        private static double Median(Span<double> values)
        {
            var sorted = values.ToArray();
            Array.Sort(sorted);
            return sorted[sorted.Length / 2];
        }
    }
}
