using System.Text.Json.Nodes;
using Finetune.Engine.Metrics;
using Finetune.Engine.Models;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>
/// Training of the 30m shape in float32, sixteen rows a step with the spread of lengths of word problems: useful
/// GFLOP/s (6 x product parameters x tokens without padding) against the best matrix product and against a plain padded
/// loop, all in this process.
/// </summary>
internal static class TrainBenchmark
{
    private const int Rows = 16;
    private const int Steps = 2;

    public static JsonObject Run()
    {
        var rows = Work(Rows * (Steps + 1));
        var peak = Peak();
        var ours = Engine(rows);
        var eager = Eager(rows);
        var useful = 6e-9 * SpeedShape.ProductParameters * ours;
        return new JsonObject
        {
            ["benchmark"] = "train",
            ["shape"] = "30m",
            ["precision"] = "fp32",
            ["threads"] = get_num_threads(),
            ["tokens_per_second"] = Math.Round(ours, 1),
            ["useful_gflops"] = Math.Round(useful, 1),
            ["peak_gflops"] = Math.Round(peak, 1),
            ["share_of_peak"] = Math.Round(useful / peak, 3),
            ["eager_tokens_per_second"] = Math.Round(eager, 1),
            ["ratio_to_eager"] = Math.Round(ours / eager, 2),
        };
    }

    private static TrainingExample[] Work(int count)
    {
        var random = new SplitMix64(1);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                {
                    // The sum of three draws and a rare long one: mean about 200, longest near twice that.
                    var length =
                        60 + random.Below(80) + random.Below(80) + random.Below(80) + random.Below(12) / 11 * 150;
                    int[] ids =
                    [
                        .. Enumerable.Range(0, length).Select(_ => 2 + random.Below(SpeedShape.Vocabulary - 2)),
                    ];
                    return new TrainingExample(ids, [.. ids.Select((_, i) => i >= length * 2 / 5)]);
                }),
        ];
    }

    private static double Peak()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (a, b) = (randn(2048, 2048), randn(2048, 2048));
        a.mm(b).Dispose();
        var best = double.MaxValue;
        for (var i = 0; i < 10; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            a.mm(b).Dispose();
            best = Math.Min(best, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * 2048 * 2048 * 2048 / best / 1e9;
    }

    private static double Engine(TrainingExample[] rows)
    {
        var folder = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), SpeedShape.Config);
            using var model = ModelFolder.Initialize(folder, 1);
            var clock = new StepClock();
            Trainer.Run(
                model,
                rows,
                [],
                null,
                new TrainingOptions
                {
                    MaxSteps = Steps + 1,
                    BatchSize = Rows,
                    Shuffle = false,
                },
                Path.Combine(folder, "log.jsonl"),
                Path.Combine(folder, "checkpoint"),
                clock
            );
            return Tokens(rows[Rows..]) / clock.SecondsAfterFirst;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Eager(TrainingExample[] rows)
    {
        var reference = new EagerReference();
        var clock = new StepClock();
        foreach (var step in rows.Chunk(Rows))
        {
            var longest = step.Max(r => r.InputIds.Length);
            var ids = new long[Rows, longest];
            var labels = new long[Rows, longest];
            for (var r = 0; r < Rows; r++)
            {
                for (var t = 0; t < longest; t++)
                {
                    var real = t < step[r].InputIds.Length;
                    ids[r, t] = real ? step[r].InputIds[t] : 1;
                    labels[r, t] = real && step[r].Scored[t] ? step[r].InputIds[t] : -100;
                }
            }

            reference.Step(ids, labels);
            clock.Mark();
        }

        return Tokens(rows[Rows..]) / clock.SecondsAfterFirst;
    }

    private static double Tokens(TrainingExample[] rows) => rows.Sum(r => (double)r.InputIds.Length);

    // The first step warms up and is not counted.
    private sealed class StepClock : IProgress<TrainingProgress>
    {
        private readonly List<long> _marks = [];

        public double SecondsAfterFirst => TimeProvider.System.GetElapsedTime(_marks[0], _marks[^1]).TotalSeconds;

        public void Mark() => _marks.Add(TimeProvider.System.GetTimestamp());

        public void Report(TrainingProgress value) => Mark();
    }
}
