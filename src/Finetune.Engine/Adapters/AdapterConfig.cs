using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Models;

namespace Finetune.Engine.Adapters;

/// <summary>
/// PEFT's <c>adapter_config.json</c>. What changes numbers and is not supported is refused by name; a key that is null,
/// false or empty asks for nothing.
/// </summary>
internal sealed class AdapterConfig
{
    /// <summary>The file's name in an adapter folder.</summary>
    public const string FileName = "adapter_config.json";

    private static readonly string[] Read =
    [
        "r",
        "lora_alpha",
        "lora_dropout",
        "use_rslora",
        "target_modules",
        "peft_type",
        "bias",
        "init_lora_weights",
        "use_dora",
        "rank_pattern",
        "alpha_pattern",
        "modules_to_save",
        "layers_to_transform",
        "layers_pattern",
        "exclude_modules",
    ];

    // Names, versions, and settings of features that are off by other keys. Whether a weight is stored transposed
    // (fan_in_fan_out) is known from the layer, by which PEFT too corrects the key.
    private static readonly string[] Irrelevant =
    [
        "auto_mapping",
        "base_model_name_or_path",
        "fan_in_fan_out",
        "inference_mode",
        "megatron_core",
        "peft_version",
        "qalora_group_size",
        "revision",
        "runtime_config",
        "task_type",
    ];

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private AdapterConfig(LoraOptions options, string? pattern, LayerSelection selection)
    {
        Options = options;
        Pattern = pattern;
        Selection = selection;
    }

    /// <summary>The adapter's settings.</summary>
    public LoraOptions Options { get; }

    /// <summary>A regular expression over whole names, in place of targets; null without.</summary>
    public string? Pattern { get; }

    /// <summary>What narrows the targets.</summary>
    public LayerSelection Selection { get; }

    /// <summary>Reads and checks a folder's file.</summary>
    /// <exception cref="ModelFileException">Missing, wrong, or a feature that is not supported.</exception>
    public static AdapterConfig Of(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new ModelFileException(path, null, "no such file", "an adapter folder as PEFT writes it");
        }

        var json = Parse(path);
        AdapterJson.OneOf(path, json, "peft_type", "LORA");
        AdapterJson.OneOf(path, json, "bias", "none", "all", "lora_only");
        CheckInitialization(path, json);
        foreach (var (key, value) in json)
        {
            if (!Read.Contains(key) && !Irrelevant.Contains(key) && AsksForSomething(value))
            {
                throw new ModelFileException(path, key, value!.ToJsonString(), "null: this feature is not supported");
            }
        }

        var rank = AdapterJson.Number(path, json, "r", null);
        if (!IsRank(rank))
        {
            throw new ModelFileException(path, "r", $"{rank}", "a whole number above 0");
        }

        var (targets, pattern) = Targets(path, json["target_modules"]);
        var options = new LoraOptions(
            (int)rank,
            AdapterJson.Number(path, json, "lora_alpha", 8),
            AdapterJson.Number(path, json, "lora_dropout", 0),
            AdapterJson.IsTrue(json, "use_rslora"),
            targets
        )
        {
            Dora = AdapterJson.IsTrue(json, "use_dora"),
            RankPattern = AdapterJson.ByLayer(path, json, "rank_pattern", IsRank),
            AlphaPattern = AdapterJson.ByLayer(path, json, "alpha_pattern", double.IsFinite),
            ModulesToSave = AdapterJson.Texts(path, json, "modules_to_save"),
            Bias = json["bias"]?.ToString() ?? "none",
        };
        var isPattern = json["exclude_modules"]?.GetValueKind() == JsonValueKind.String;
        var selection = new LayerSelection(
            AdapterJson.Numbers(path, json, "layers_to_transform"),
            AdapterJson.Texts(path, json, "layers_pattern"),
            isPattern ? [] : AdapterJson.Texts(path, json, "exclude_modules"),
            isPattern ? json["exclude_modules"]!.ToString() : null
        );
        return new AdapterConfig(options, pattern, selection);
    }

    /// <summary>Writes the file with the keys that every PEFT of the last years reads.</summary>
    /// <param name="folder">The adapter's folder.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="baseName">What the file calls the base.</param>
    /// <param name="transposed">Whether the weights of targets are stored as <c>[inputs, outputs]</c>.</param>
    /// <param name="model">The base.</param>
    public static void Write(string folder, LoraOptions options, string baseName, bool transposed, CausalModel model)
    {
        var targets = (options.Targets ?? []).Select(target => (JsonNode)target).ToArray();
        var json = new JsonObject
        {
            ["alpha_pattern"] = Map(options.AlphaPattern),
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = baseName,
            ["bias"] = options.Bias,
            ["fan_in_fan_out"] = transposed,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            // Without its name, PEFT takes the last number in a module's name, which may be an expert's.
            ["layers_pattern"] = options.Layers is null ? null : model.LayersName!.Split('.')[^1],
            ["layers_to_transform"] = options.Layers is { } layers
                ? new JsonArray([.. layers.Of(model).Select(number => (JsonNode)number)])
                : null,
            ["lora_alpha"] = Whole(options.Alpha),
            ["lora_dropout"] = options.Dropout,
            ["modules_to_save"] =
                options.ModulesToSave.Count == 0
                    ? null
                    : new JsonArray([.. options.ModulesToSave.Select(name => (JsonNode)name)]),
            ["peft_type"] = "LORA",
            ["r"] = options.Rank,
            ["rank_pattern"] = Map(options.RankPattern),
            ["revision"] = null,
            ["target_modules"] = new JsonArray(targets),
            ["task_type"] = model.Shape.DecoderStart is not null ? "SEQ_2_SEQ_LM" : "CAUSAL_LM",
            ["use_dora"] = options.Dora,
            ["use_rslora"] = options.RankStabilized,
        };
        File.WriteAllText(Path.Combine(folder, FileName), json.ToJsonString(Format) + "\n");
    }

    private static bool IsRank(double value) => value >= 1 && value == Math.Floor(value) && value <= int.MaxValue;

    private static JsonObject Map(IReadOnlyList<KeyValuePair<string, double>> values) =>
        new(values.Select(v => KeyValuePair.Create<string, JsonNode?>(v.Key, Whole(v.Value))));

    // PEFT writes a whole alpha without a fraction.
    private static JsonValue Whole(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < int.MaxValue
            ? JsonValue.Create((int)value)
            : JsonValue.Create(value);

    private static JsonObject Parse(string path)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return JsonNode.Parse(File.ReadAllText(path), null, options) as JsonObject
                ?? throw new ModelFileException(path, null, "JSON that is no object", "an object");
        }
        catch (JsonException e)
        {
            throw new ModelFileException(path, null, $"no JSON: {e.Message}", "a JSON object");
        }
    }

    private static bool AsksForSomething(JsonNode? value) =>
        value switch
        {
            null => false,
            JsonObject map => map.Count > 0,
            JsonArray list => list.Count > 0,
            _ => value.GetValueKind() != JsonValueKind.False,
        };

    // Other ways to begin (pissa, olora, ...) change the base weights too, which a folder of LoRA pairs does not hold.
    private static void CheckInitialization(string path, JsonObject json)
    {
        if (
            json["init_lora_weights"] is { } value
            && value.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False)
            && value.ToString() != "gaussian"
        )
        {
            throw new ModelFileException(
                path,
                "init_lora_weights",
                value.ToJsonString(),
                "true, false or \"gaussian\""
            );
        }
    }

    private static (IReadOnlyList<string>? Targets, string? Pattern) Targets(string path, JsonNode? value) =>
        value switch
        {
            JsonArray { Count: > 0 } list when list.All(n => n?.GetValueKind() == JsonValueKind.String) => (
                [.. list.Select(n => n!.ToString())],
                null
            ),
            JsonValue text when text.GetValueKind() == JsonValueKind.String => text.ToString() == TargetLayers.AllLinear
                ? (null, null)
                : ([], text.ToString()),
            _ => throw new ModelFileException(
                path,
                "target_modules",
                value?.ToJsonString() ?? "nothing",
                $"a list of layer names, a pattern, or \"{TargetLayers.AllLinear}\""
            ),
        };
}
