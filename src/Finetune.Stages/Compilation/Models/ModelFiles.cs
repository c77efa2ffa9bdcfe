using System.Text.Json;

namespace Finetune.Stages.Compilation.Models;

/// <summary>What a model folder holds; looks at names and small JSON files, at no tensor.</summary>
internal static class ModelFiles
{
    public const string Config = "config.json";
    public const string Weights = "model.safetensors";
    public const string Index = "model.safetensors.index.json";
    public const string Tokenizer = "tokenizer.json";
    public const string AdapterConfig = "adapter_config.json";
    public const string AdapterWeights = "adapter_model.safetensors";

    private static readonly string[] TokenizerNames =
    [
        Tokenizer,
        "tokenizer_config.json",
        "special_tokens_map.json",
        "chat_template.jinja",
    ];

    private static readonly string[] Pickled = [".bin", ".pt", ".pth", ".ckpt"];

    /// <summary>The files that a step that loads the model reads, in a fixed order.</summary>
    public static IReadOnlyList<string> OfModel(string folder, bool weights)
    {
        string[] config = [Config, "generation_config.json"];
        IEnumerable<string> tensors =
            !weights ? []
            : File.Exists(Path.Combine(folder, Weights)) ? [Weights]
            : [Index, .. Shards(folder)];
        return Existing(folder, config.Concat(tensors));
    }

    /// <summary>The files that a step that loads the tokenizer reads.</summary>
    public static IReadOnlyList<string> OfTokenizer(string folder) => Existing(folder, TokenizerNames);

    /// <summary>The files of an adapter.</summary>
    public static IReadOnlyList<string> OfAdapter(string folder) => Existing(folder, [AdapterConfig, AdapterWeights]);

    /// <summary>Whether a configuration is of a model with an encoder; where it does not say, by its family.</summary>
    public static bool HasEncoder(JsonElement config) =>
        config.TryGetProperty("is_encoder_decoder", out var says)
            ? says.ValueKind == JsonValueKind.True
            : config.TryGetProperty("model_type", out var type)
                && type.ValueKind == JsonValueKind.String
                && type.ValueEquals("t5");

    /// <summary>Names of weights that are programs in disguise.</summary>
    public static IReadOnlyList<string> PickledIn(string folder) =>
        [
            .. Directory
                .EnumerateFiles(folder)
                .Select(f => Path.GetFileName(f))
                .Where(f => Pickled.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>The file names that the index speaks of, ordinal order; empty where there is no readable index.</summary>
    public static IReadOnlyList<string> Shards(string folder)
    {
        using var index = Json(Path.Combine(folder, Index));
        return
            index is not null
            && index.RootElement.TryGetProperty("weight_map", out var map)
            && map.ValueKind == JsonValueKind.Object
            ?
            [
                .. map.EnumerateObject()
                    .Where(p => p.Value.ValueKind == JsonValueKind.String)
                    .Select(p => p.Value.GetString()!)
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ]
            : [];
    }

    /// <summary>A JSON object from a file; null where there is none.</summary>
    public static JsonDocument? Json(string file)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(file));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> Existing(string folder, IEnumerable<string> names) =>
        [.. names.Select(n => Path.Combine(folder, n)).Where(File.Exists)];
}
