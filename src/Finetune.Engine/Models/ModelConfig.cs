using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Models;

/// <summary>
/// A model folder's <c>config.json</c>, read key by key. Every key is either read by the family, known to change no
/// number (<see cref="IrrelevantKeys"/>), or an error: a model is never computed by half of its configuration.
/// </summary>
public sealed class ModelConfig
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "config.json";

    /// <summary>The name of the file with decoding defaults.</summary>
    public const string GenerationFileName = "generation_config.json";

    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private ModelConfig(string file, JsonObject json, JsonObject? generation)
    {
        File = file;
        Json = json;
        Generation = generation;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>The whole document, as read.</summary>
    public JsonObject Json { get; }

    /// <summary>The folder's decoding defaults, as read; null without.</summary>
    public JsonObject? Generation { get; }

    /// <summary>The family's name, <c>model_type</c>.</summary>
    public string ModelType => Text("model_type") ?? throw Missing("model_type");

    /// <summary>The weights hold a head of their own although the configuration ties it to the embedding.</summary>
    public bool HeadDiffers { get; init; }

    /// <summary>Reads a folder's configuration.</summary>
    /// <param name="folder">In Hugging Face layout.</param>
    /// <param name="headDiffers">See <see cref="HeadDiffers"/>.</param>
    /// <exception cref="ModelFileException">Missing or no JSON object.</exception>
    public static ModelConfig Read(string folder, bool headDiffers = false)
    {
        var path = Path.Combine(folder, FileName);
        var generation = Path.Combine(folder, GenerationFileName);
        return new ModelConfig(path, Parse(path), System.IO.File.Exists(generation) ? Parse(generation) : null)
        {
            HeadDiffers = headDiffers,
        };
    }

    /// <summary>Whether the key is there and not null.</summary>
    public bool Has(string key) => Value(key) is not null;

    /// <summary>A whole number above zero, or the default; without one the key is required.</summary>
    public int Size(string key, int? otherwise = null)
    {
        var value = Value(key);
        return value is null ? otherwise ?? throw Missing(key)
            : value.GetValueKind() == JsonValueKind.Number
            && value.AsValue().TryGetValue<int>(out var number)
            && number > 0
                ? number
            : throw Wrong(key, value, "a whole number above 0");
    }

    /// <summary>A whole number of any sign, or null.</summary>
    public int? Id(string key)
    {
        var value = Value(key);
        return value is null ? null
            : value.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<int>(out var number) ? number
            : throw Wrong(key, value, "a token id");
    }

    /// <summary>A finite number, or the default.</summary>
    public double Number(string key, double otherwise)
    {
        var value = Value(key);
        return value is null ? otherwise : Number(key, value);
    }

    /// <summary>What a norm adds under its root, or the default: never negative, where roots would be no numbers.</summary>
    public double Epsilon(string key, double otherwise) =>
        Number(key, otherwise) is >= 0 and var number
            ? number
            : throw Wrong(key, Value(key)!, "a number of at least 0");

    /// <summary>True or false, or the default.</summary>
    public bool Flag(string key, bool otherwise)
    {
        var value = Value(key);
        return value is null ? otherwise
            : value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? value.GetValue<bool>()
            : throw Wrong(key, value, "true or false");
    }

    /// <summary>A text, or null.</summary>
    public string? Text(string key)
    {
        var value = Value(key);
        return value is null ? null
            : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>()
            : throw Wrong(key, value, "a text");
    }

    /// <summary>An object, or null.</summary>
    public JsonObject? Section(string key)
    {
        var value = Value(key);
        return value as JsonObject ?? (value is null ? null : throw Wrong(key, value, "an object"));
    }

    /// <summary>Any value, or null.</summary>
    public JsonNode? Value(string key)
    {
        _read.Add(key);
        return Json[key];
    }

    /// <summary>Takes a key only with the one value that changes no number.</summary>
    /// <param name="key">The key; may be absent or null.</param>
    /// <param name="neutral">The values allowed, as JSON.</param>
    public void Only(string key, params ReadOnlySpan<string> neutral)
    {
        if (Value(key) is { } value && !neutral.Contains(value.ToJsonString()))
        {
            throw Wrong(key, value, $"{string.Join(" or ", neutral.ToArray())}: no other value is supported");
        }
    }

    /// <summary>A number above zero that values are bent to stay within, or null.</summary>
    public double? Cap(string key) =>
        Value(key) is not { } value ? null
        : Number(key, value) is > 0 and var cap ? cap
        : throw Wrong(key, value, "a number above 0, or null");

    /// <summary>Takes keys that say nothing about this family's numbers, whatever their values.</summary>
    public void Unused(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            Value(key);
        }
    }

    /// <summary>
    /// Takes shares of values to drop while pre-training: no part of what the model computes, and not applied in tuning.
    /// </summary>
    public void Dropouts(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Number(key, 0) is < 0 or >= 1)
            {
                throw Wrong(key, Value(key)!, "a share from 0 to below 1");
            }
        }
    }

    /// <summary>Checks that no key was left over that may change numbers.</summary>
    /// <exception cref="ModelFileException">The first such key.</exception>
    public void CheckAllRead()
    {
        foreach (var (key, value) in Json)
        {
            if (value is not null && !_read.Contains(key) && !IrrelevantKeys.All.Contains(key))
            {
                throw Wrong(key, value, $"only keys that are known for {ModelType}: this one may change numbers");
            }
        }
    }

    /// <summary>An error at a key.</summary>
    public ModelFileException Wrong(string key, JsonNode value, string wanted)
    {
        var text = value.ToJsonString();
        return new ModelFileException(File, key, text.Length > 80 ? text[..80] + "..." : text, wanted);
    }

    internal double Number(string key, JsonNode value) =>
        value.GetValueKind() == JsonValueKind.Number
        && value.AsValue().TryGetValue<double>(out var number)
        && double.IsFinite(number)
            ? number
            : throw Wrong(key, value, "a number");

    private ModelFileException Missing(string key) => new(File, key, "nothing", "this key");

    private static JsonObject Parse(string path)
    {
        if (!System.IO.File.Exists(path))
        {
            throw new ModelFileException(path, null, "no such file", "a model folder in Hugging Face layout");
        }

        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return JsonNode.Parse(System.IO.File.ReadAllText(path, Encoding.UTF8), null, options) as JsonObject
                ?? throw new ModelFileException(path, null, "JSON that is no object", "an object");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(path, null, $"no JSON: {e.Message}", "a JSON object");
        }
    }
}
