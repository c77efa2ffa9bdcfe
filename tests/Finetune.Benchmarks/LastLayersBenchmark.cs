using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Prefix;

namespace Finetune.Benchmarks;

/// <summary>Two epochs of an adapter on the last layers: in the first the layers below it are run and stored, in the second
/// their states are read.</summary>
internal static class LastLayersBenchmark
{
    /// <summary>Runs both.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="rows">Those of one epoch.</param>
    /// <param name="perStep">Rows of a step.</param>
    /// <param name="precision">Of the computation.</param>
    /// <param name="rank">The adapter's.</param>
    /// <param name="last">Layers that it sits on.</param>
    public static JsonObject Run(
        SpeedShape shape,
        TrainingExample[] rows,
        int perStep,
        Precision precision,
        int rank,
        int last
    )
    {
        var folder = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), shape.Config);
            using var model = ModelFolder.Initialize(folder, 1, precision);
            LoraAdapter.Attach(
                model,
                new LoraOptions(rank, 2 * rank, 0, false, null) { Layers = new AdaptedLayers(last, null) },
                1
            );
            var file = Path.Combine(folder, "states.safetensors");
            var start = TimeProvider.System.GetTimestamp();
            PrefixFile.Write(file, model, model.Shape.Layers - last, rows);
            var frozen = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            using var stored = PrefixFile.Open(file);
            var ends = new StepTimes();
            start = TimeProvider.System.GetTimestamp();
            Trainer.Run(
                model,
                stored.Onto(rows),
                [],
                null,
                new TrainingOptions
                {
                    Epochs = 2,
                    BatchSize = perStep,
                    Shuffle = false,
                    Precision = precision,
                },
                Path.Combine(folder, "log.jsonl"),
                Path.Combine(folder, "checkpoint"),
                ends
            );
            var half = ends.At[(ends.At.Count / 2) - 1];
            var first = frozen + TimeProvider.System.GetElapsedTime(start, half).TotalSeconds;
            var second = TimeProvider.System.GetElapsedTime(half, ends.At[^1]).TotalSeconds;
            var tokens = rows.Sum(r => (double)r.InputIds.Length);
            return new JsonObject
            {
                ["work"] = "train-last-layers",
                ["precision"] = precision == Precision.BFloat16 ? "bf16" : "fp32",
                ["layers"] = $"{last} of {model.Shape.Layers}",
                ["frozen_seconds"] = Math.Round(frozen, 2),
                ["first_epoch_seconds"] = Math.Round(first, 2),
                ["second_epoch_seconds"] = Math.Round(second, 2),
                ["second_to_first"] = Math.Round(first / second, 2),
                ["tokens_per_second"] = Math.Round(tokens / second, 1),
                ["stored_mb"] = Math.Round(new FileInfo(file).Length / 1048576.0, 1),
                ["peak_rss_mb"] = Math.Round(Usage.PeakResidentMegabytes(), 0),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class StepTimes : IProgress<TrainingProgress>
    {
        public List<long> At { get; } = [];

        public void Report(TrainingProgress value) => At.Add(TimeProvider.System.GetTimestamp());
    }
}
