using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Quantization;
using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>Fills a model from weight files: every parameter from a tensor of its name and shape, no tensor left over.</summary>
internal static class WeightReader
{
    // Counts that make modules one by one: more of them than tensors is no model of these weights.
    private static readonly string[] CountKeys =
    [
        "num_hidden_layers",
        "num_layers",
        "num_decoder_layers",
        "n_layer",
        "num_experts",
        "num_local_experts",
    ];

    // Widths: no part of a model is wider than the widest of its tensors.
    private static readonly string[] WidthKeys =
    [
        "hidden_size",
        "n_embd",
        "d_model",
        "intermediate_size",
        "n_inner",
        "ffn_dim",
        "d_ff",
        "moe_intermediate_size",
        "vocab_size",
        "head_dim",
        "d_kv",
        "num_attention_heads",
        "num_key_value_heads",
        "num_heads",
        "n_head",
    ];

    /// <summary>
    /// Holds the weights against what the configuration asks for, on shapes alone: a configuration that lies costs no
    /// memory.
    /// </summary>
    /// <exception cref="ModelFileException">
    /// A tensor that is missing, unknown, or of another shape or kind; sizes that no model can have.
    /// </exception>
    public static void Check(ModelConfig config, WeightFiles weights)
    {
        var widest = weights.Names.SelectMany(name => weights.Find(name)!.Value.Tensor.Shape).DefaultIfEmpty(0).Max();
        AtMost(config, CountKeys, weights.Names.Count(), "as many as the weights have tensors");
        AtMost(config, WidthKeys, widest, "the widest of the tensors");
        using var outline = Outline(config);
        CheckShapes(outline, weights);
    }

    /// <summary>Copies all values.</summary>
    /// <exception cref="ModelFileException">A tensor that is missing, unknown, or of another shape or kind.</exception>
    public static void Fill(CausalModel model, WeightFiles weights, WeightFormat format)
    {
        CheckShapes(model, weights);
        var frozen = model
            .named_modules()
            .Where(m => m.module is Linear { IsFrozen: true })
            .ToDictionary(m => $"{m.name}.weight", m => (Linear)m.module, StringComparer.Ordinal);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var (file, tensor) = weights.Find(Stored(model, weights, name))!.Value;
            if (frozen.TryGetValue(name, out var layer))
            {
                layer.Freeze(FrozenReader.Read(file, tensor, layer, format));
                continue;
            }

            TensorBytes.CopyTo(file, tensor, parameter);
        }
    }

    // Read apart from the family's own reading, which takes each key once and knows which must be there.
    private static void AtMost(ModelConfig config, IEnumerable<string> keys, long most, string what)
    {
        foreach (var key in keys)
        {
            if (
                config.Json[key] is JsonValue value
                && value.GetValueKind() == JsonValueKind.Number
                && !(value.TryGetValue<double>(out var number) && number <= most)
            )
            {
                throw config.Wrong(key, value, $"at most {most}, {what}");
            }
        }
    }

    // Sizes may each be possible and their products not; the tensor library says so in exceptions of its own.
    private static CausalModel Outline(ModelConfig config)
    {
        try
        {
            return ModelFamilies.Create(config, new Placement(ScalarType.Float32, META));
        }
        catch (Exception error)
            when (error is ExternalException or ArgumentException or OverflowException or DivideByZeroException)
        {
            var line = error.Message.Split('\n')[0];
            throw new ModelFileException(config.File, null, line, "sizes that a model can have");
        }
    }

    private static void CheckShapes(CausalModel model, WeightFiles weights)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, parameter) in model.named_parameters())
        {
            var stored = Stored(model, weights, name);
            wanted.Add(stored);
            if (weights.Find(stored) is not { } found)
            {
                throw new ModelFileException(
                    weights.Folder,
                    name,
                    "no such tensor in the weights",
                    Shape(parameter.shape)
                );
            }

            if (!found.Tensor.Shape.SequenceEqual(parameter.shape))
            {
                throw new ModelFileException(found.File.Path, name, Shape(found.Tensor.Shape), Shape(parameter.shape));
            }

            if (found.Tensor.Type is not (StoredType.F32 or StoredType.F16 or StoredType.BF16 or StoredType.F64))
            {
                throw new ModelFileException(
                    found.File.Path,
                    name,
                    found.Tensor.Type.HeaderName(),
                    "floating-point weights"
                );
            }
        }

        foreach (var name in weights.Names)
        {
            // A tied head that equals the embedding is the same parameter, stored twice.
            if (!wanted.Contains(name) && !TensorNames.IsBuffer(name) && !TensorNames.IsHead(name))
            {
                throw new ModelFileException(
                    weights.Find(name)!.Value.File.Path,
                    name,
                    "a tensor that this configuration has no place for",
                    $"only tensors of {model.GetName()} as {ModelConfig.FileName} describes it"
                );
            }
        }
    }

    // Files of a body alone, as GPT-2 was published, leave its name out.
    private static string Stored(CausalModel model, WeightFiles weights, string name)
    {
        var bare = name.StartsWith(model.BodyName + ".", StringComparison.Ordinal)
            ? name[(model.BodyName.Length + 1)..]
            : name;
        return weights.Find(name) is null && weights.Find(bare) is not null ? bare : name;
    }

    private static string Shape(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
