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

        Directory.CreateDirectory(folder);
        var tensors = model
            .named_parameters()
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
