using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>Writes a model in Hugging Face layout; its bytes depend on configuration and weights alone.</summary>
internal static class ModelWriter
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the folder.</summary>
    public static void Write(
        CausalModel model,
        string folder,
        IReadOnlyDictionary<string, Tensor>? weights,
        WeightLayout layout
    )
    {
        var config = model.Config ?? throw new InvalidOperationException("The model has no configuration to save.");
        if (model.modules().Any(module => module is Linear { Adapter: not null }))
        {
            throw new InvalidOperationException("The model has an adapter: merge it, or save the adapter by itself.");
        }

        if (model.modules().Any(module => module is Linear { IsFrozen: true }))
        {
            throw new InvalidOperationException("The model's weights are quantised: merge an adapter first.");
        }

        Directory.CreateDirectory(folder);
        var tensors = InOrder(model.named_parameters())
            .Select(p =>
                TensorBytes.ToWrite(p.name, weights?.GetValueOrDefault(p.name) ?? p.parameter, layout.TypeOf(p.name))
            )
            .ToList();
        ShardedWriter.Write(folder, tensors, layout.ShardBytes);
        WriteJson(Path.Combine(folder, ModelConfig.FileName), WithType(config.Json, tensors[0].Type));
        if (config.Generation is { } generation)
        {
            WriteJson(Path.Combine(folder, ModelConfig.GenerationFileName), generation);
        }
    }

    // Transformers registers a layer's attention, then its feed-forward part, then its norms, and parts files in that
    // order.
    private static IEnumerable<(string name, TorchSharp.Modules.Parameter parameter)> InOrder(
        IEnumerable<(string name, TorchSharp.Modules.Parameter parameter)> parameters
    )
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        int Place(string name)
        {
            var layer = name.Split('.').TakeWhile(part => !int.TryParse(part, out _)).Count();
            var key = string.Join('.', name.Split('.').Take(layer + 1));
            places.TryAdd(key, places.Count);
            return places[key];
        }

        return parameters
            .Select(p => (p, Place: Place(p.name)))
            .OrderBy(p => p.Place)
            .ThenBy(p =>
                p.p.name.Contains(".self_attn.", StringComparison.Ordinal) ? 0
                : p.p.name.Contains(".mlp.", StringComparison.Ordinal) ? 1
                : p.p.name.Contains(".block_sparse_moe.", StringComparison.Ordinal) ? 1
                : 2
            )
            .Select(p => p.p);
    }

    // The file says in which numbers weights are stored; both spellings are in use.
    private static JsonObject WithType(JsonObject config, StoredType type)
    {
        var copy = config.DeepClone().AsObject();
        var name = type switch
        {
            StoredType.BF16 => "bfloat16",
            StoredType.F16 => "float16",
            StoredType.F64 => "float64",
            _ => "float32",
        };
        foreach (var key in new[] { "dtype", "torch_dtype" })
        {
            if (copy.ContainsKey(key))
            {
                copy[key] = name;
            }
        }

        return copy;
    }

    private static void WriteJson(string path, JsonObject json) =>
        File.WriteAllText(path, json.ToJsonString(Format) + "\n");
}
