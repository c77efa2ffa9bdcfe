using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Training;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>
/// Steps of training, random weights: useful GFLOP/s (6 x product parameters x tokens without padding; 4 x with an
/// adapter) as a share of the best matrix product, memory, and with <c>--eager</c> a plain padded loop on the same rows,
/// all in this process.
/// </summary>
internal static class TrainBenchmark
{
    private const int Warmup = 2;

    /// <summary>Runs it; one JSON line a contender.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(
            given,
            "--model",
            "--data",
            "--rows",
            "--length",
            "--steps",
            "--precision",
            "--lora",
            "--last-layers",
            "--vocabulary",
            "--checkpointing",
            "--optimizer-in-backward",
            "--eager"
        );
        var folder = arguments.Text("--model");
        var shape = folder is null ? SpeedShape.Usual : SpeedShape.Of(folder);
        shape = shape with { Vocabulary = arguments.Number("--vocabulary", shape.Vocabulary) };
        var perStep = arguments.Number("--rows", 16);
        var steps = arguments.Number("--steps", 20);
        var count = perStep * (steps + Warmup);
        var length = arguments.Number("--length", 0);
        // The shortest invented row has 60 tokens.
        var sources = count * (length / 60 + 1);
        var rows = arguments.Text("--data") is { } data
            ? Rows.Of(
                data,
                folder ?? throw new ArgumentException("--data needs --model, whose tokenizer reads it"),
                sources
            )
            : Rows.Invented(shape.Vocabulary, sources);
        rows = length > 0 ? [.. Rows.Long(rows, length).Take(count)] : rows;
        var bf16 = arguments.Text("--precision") switch
        {
            null or "fp32" => false,
            "bf16" => true,
            "auto" => Peaks.Of(ScalarType.BFloat16) > Peaks.Of(ScalarType.Float32),
            var other => throw new ArgumentException($"'{other}' is no precision; there is fp32, bf16, auto"),
        };

        if (arguments.Has("--last-layers"))
        {
            yield return LastLayersBenchmark.Run(
                shape,
                [.. rows.Take(perStep * steps)],
                perStep,
                bf16 ? Precision.BFloat16 : Precision.Float32,
                arguments.Number("--lora", 16),
                arguments.Number("--last-layers", 2)
            );
            yield break;
        }

        // First, and with the C library's usual habits: the engine tells it to keep memory, which the reference is without.
        var eager = arguments.Has("--eager") ? Eager(shape, rows, perStep) : null;
        var before = (Fp32: Peaks.Of(ScalarType.Float32), Bf16: Peaks.Of(ScalarType.BFloat16));
        Usage.ForgetPeak();
        var (ours, forecast) = Engine(
            shape,
            rows,
            perStep,
            bf16,
            arguments.Number("--lora", 0),
            arguments.Has("--checkpointing"),
            arguments.Has("--optimizer-in-backward")
        );
        var line = ours.Line(arguments.Has("--lora") ? "train-lora" : "train", bf16);
        var tokens = (int)(rows.Take(perStep).Sum(r => (long)r.InputIds.Length));
        var type = bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var shapes = Peaks.OfShapes(shape, tokens, type);
        var fp32 = Math.Max(before.Fp32, Peaks.Of(ScalarType.Float32));
        var wide = Math.Max(before.Bf16, Peaks.Of(ScalarType.BFloat16));
        var useful = (arguments.Has("--lora") ? 4e-9 : 6e-9) * shape.ProductParameters * ours.TokensPerSecond;
        line["useful_gflops"] = Math.Round(useful, 1);
        line["peak_fp32"] = Math.Round(fp32, 1);
        line["peak_bf16"] = Math.Round(wide, 1);
        line["peak_shapes"] = Math.Round(shapes, 1);
        line["share"] = Math.Round(useful / (bf16 ? wide : fp32), 3);
        line["threads"] = get_num_threads();
        line["forecast_rss_mb"] = forecast.Total >> 20;
        yield return line;
        if (eager is not null)
        {
            var second = eager.Line("eager", bf16: false);
            second["ratio"] = Math.Round(ours.TokensPerSecond / eager.TokensPerSecond, 2);
            yield return second;
        }
    }

    private static (Measured Measured, TrainingNeeds Forecast) Engine(
        SpeedShape shape,
        TrainingExample[] rows,
        int perStep,
        bool bf16,
        int rank,
        bool checkpointing,
        bool inBackward
    )
    {
        var folder = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), shape.Config);
            // A base that only has an adapter on is held in what is computed in.
            using var model = ModelFolder.Initialize(
                folder,
                1,
                bf16 && rank > 0 ? Precision.BFloat16 : Precision.Float32
            );
            model.Recomputes = checkpointing;
            if (rank > 0)
            {
                LoraAdapter.Attach(model, new LoraOptions(rank, 2 * rank, 0, false, null), 1);
            }

            var options = new TrainingOptions
            {
                MaxSteps = rows.Length / perStep,
                BatchSize = perStep,
                Shuffle = false,
                OptimizerInBackward = inBackward,
                MaxGradNorm = inBackward ? 0 : 1,
                Precision = bf16 ? Precision.BFloat16 : Precision.Float32,
            };
            var budget = inBackward ? int.MaxValue : TokenBudget.OfTraining(model.Shape, options.Precision);
            var forecast = TrainingNeeds.Of(
                ModelFamilies.Options(ModelConfig.Read(folder))!,
                new TrainingCase(
                    options,
                    _ => rank == 0,
                    rank,
                    _ => rank > 0,
                    4,
                    checkpointing,
                    rows.Chunk(perStep)
                        .SelectMany(step => TokenBudget.Cut(step, row => row.Tokens, budget))
                        .Max(pass => pass.Sum(row => row.Tokens))
                )
            );
            var clock = new StepClock(Warmup);
            Trainer.Run(
                model,
                rows,
                [],
                null,
                options,
                Path.Combine(folder, "log.jsonl"),
                Path.Combine(folder, "checkpoint"),
                clock
            );
            return (clock.Measured(rows.Skip(Warmup * perStep)), forecast);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Measured Eager(SpeedShape shape, TrainingExample[] rows, int perStep)
    {
        using var reference = new EagerReference(shape);
        var clock = new StepClock(Warmup);
        foreach (var step in rows.Chunk(perStep))
        {
            var longest = step.Max(r => r.InputIds.Length);
            var ids = new long[perStep, longest];
            var labels = new long[perStep, longest];
            for (var r = 0; r < perStep; r++)
            {
                for (var t = 0; t < longest; t++)
                {
                    var real = t < step[r].InputIds.Length;
                    ids[r, t] = real ? step[r].InputIds[t] : EagerReference.Padding;
                    labels[r, t] = real && step[r].Scored[t] ? step[r].InputIds[t] : -100;
                }
            }

            reference.Step(ids, labels);
            clock.Mark();
        }

        return clock.Measured(rows.Skip(Warmup * perStep));
    }
}
