using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Finetune.Engine.Adapters;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Quantization;
using Finetune.Engine.Training;

namespace Finetune.Benchmarks;

/// <summary>
/// Loads an invented bfloat16 checkpoint of two shards with NF4 weights, and with <c>--tokens</c> trains an adapter on it
/// for a step: how much memory was resident at most, beside what the arithmetic of the formats says, and the same
/// arithmetic for a Llama of 7 B.
/// </summary>
internal static class QuantizeBenchmark
{
    private const int Rank = 16;
    private const double Mega = 1 << 20;
    private const double Giga = 1 << 30;

    // Values, gradients and two moments of a trained weight, float32 each.
    private const int BytesTrained = 16;

    // Llama 2 7B, by its published configuration.
    private static readonly SpeedShape Seven = new(32000, 4096, 32, 32, 32, 128, 11008, false);

    /// <summary>Runs it; one JSON line.</summary>
    public static IEnumerable<JsonObject> Run(IReadOnlyList<string> given)
    {
        var arguments = new Arguments(given, "--layers", "--hidden", "--tokens");
        var hidden = arguments.Number("--hidden", 2048);
        var shape = new SpeedShape(
            8000,
            hidden,
            arguments.Number("--layers", 10),
            hidden / 128,
            hidden / 128,
            128,
            hidden * 43 / 16,
            false
        );
        var folder = Directory.CreateTempSubdirectory("finetune-benchmark-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), shape.Config);
            var (bytes, largest) = Write(folder);
            Usage.ForgetPeak();
            var before = Usage.ResidentMegabytes();
            var start = TimeProvider.System.GetTimestamp();
            using var model = ModelFolder.Load(folder, format: WeightFormat.DoubleNormalFloat);
            var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            var peak = Usage.PeakResidentMegabytes() - before;
            var held = Held(model);
            var line = new JsonObject
            {
                ["benchmark"] = "quantize",
                ["checkpoint_mb"] = Math.Round(bytes / Mega),
                ["held_mb"] = Math.Round(held / Mega, 1),
                ["largest_tensor_mb"] = Math.Round(largest / Mega, 1),
                ["bound_mb"] = Math.Round((held + largest) / Mega, 1),
                ["peak_mb"] = Math.Round(peak, 1),
                ["seconds"] = Math.Round(seconds, 1),
            };
            var tokens = arguments.Number("--tokens", 0);
            if (tokens > 0)
            {
                Train(model, shape, tokens, folder);
                var step = (Usage.PeakResidentMegabytes() - before) * Mega - held - Adapter(shape) * BytesTrained;
                var each = step / tokens / shape.Layers / shape.Hidden;
                line["step_mb"] = Math.Round(step / Mega);
                line["seven_b_step_gib"] = Math.Round(each * tokens * Seven.Layers * Seven.Hidden / Giga, 2);
            }

            line["seven_b_held_gib"] = Math.Round(Held(Seven) / Giga, 2);
            line["seven_b_adapter_gib"] = Math.Round(Adapter(Seven) * BytesTrained / Giga, 2);
            yield return line;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Train(CausalModel model, SpeedShape shape, int tokens, string folder)
    {
        LoraAdapter.Attach(model, new LoraOptions(Rank, 2 * Rank, 0, false, null), 1);
        var ids = Enumerable.Range(0, tokens).Select(i => 1 + i * 7919 % (shape.Vocabulary - 1)).ToArray();
        Trainer.Run(
            model,
            [new TrainingExample(ids, [.. ids.Select((_, i) => i > 0)])],
            [],
            null,
            new TrainingOptions { MaxSteps = 2, BatchSize = 1 },
            Path.Combine(folder, "log.jsonl"),
            Path.Combine(folder, "checkpoint")
        );
    }

    private static long Held(CausalModel model) =>
        model.modules().OfType<Linear>().Sum(layer => layer.Frozen?.Bytes ?? 0)
        + model
            .parameters()
            .Where(p => p.device_type != TorchSharp.DeviceType.META)
            .Sum(p => p.numel() * p.element_size());

    private static long Held(SpeedShape shape) =>
        shape.Layers * Layer(shape).Sum(p => QuantizedMatrix.BytesOf((long)p.Inputs * p.Outputs, twice: true))
        + 2L * shape.Vocabulary * shape.Hidden * sizeof(float);

    private static long Adapter(SpeedShape shape) =>
        shape.Layers * Layer(shape).Sum(p => (long)Rank * (p.Inputs + p.Outputs));

    // Queries, keys, values, output; gate, up, down.
    private static IEnumerable<(int Inputs, int Outputs)> Layer(SpeedShape shape)
    {
        var products = shape.Products;
        return [products[0], products[1], products[1], products[2], products[3], products[3], products[4]];
    }

    private static (long Bytes, long Largest) Write(string folder)
    {
        using var outline = ModelFolder.Outline(folder);
        var tensors = outline.named_parameters().Select(p => (p.name, shape: p.parameter.shape)).ToList();
        var map = new JsonObject();
        for (var shard = 0; shard < 2; shard++)
        {
            var name = $"model-{shard}.safetensors";
            var mine = tensors.Where((_, i) => i * 2 / tensors.Count == shard).ToList();
            SafeTensorsWriter.Write(
                Path.Combine(folder, name),
                [.. mine.Select(t => new TensorToWrite(t.name, StoredType.BF16, t.shape, s => Invent(t.shape, s)))]
            );
            mine.ForEach(t => map[t.name] = name);
        }

        File.WriteAllText(
            Path.Combine(folder, "model.safetensors.index.json"),
            new JsonObject { ["weight_map"] = map }.ToJsonString()
        );
        var sizes = tensors.Select(t => 2 * t.shape.Aggregate(1L, (a, b) => a * b)).ToList();
        return (sizes.Sum(), sizes.Max());
    }

    // Magnitudes of 0.01 to 0.03, either sign.
    private static void Invent(long[] shape, Stream stream)
    {
        var random = new Random(1);
        var piece = new ushort[1 << 16];
        for (var left = shape.Aggregate(1L, (a, b) => a * b); left > 0; left -= piece.Length)
        {
            random.NextBytes(MemoryMarshal.AsBytes(piece.AsSpan()));
            foreach (ref var bits in piece.AsSpan())
            {
                bits = (ushort)(bits & 0x80FF | 0x3C00);
            }

            stream.Write(MemoryMarshal.AsBytes(piece.AsSpan(0, (int)Math.Min(piece.Length, left))));
        }
    }
}
