using System.Text.Json;

namespace Finetune.Stages.Hub;

/// <summary>Which files of a repository are taken; never pickles, which can run code when they are loaded.</summary>
internal static class HubSelection
{
    public const string Weights = "model.safetensors";
    public const string Index = "model.safetensors.index.json";
    private const string Config = "config.json";
    private const string AdapterConfig = "adapter_config.json";
    private const string AdapterWeights = "adapter_model.safetensors";

    private static readonly string[] Small =
    [
        Config,
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.json",
        "merges.txt",
        "vocab.txt",
        "tokenizer.model",
        "spiece.model",
        "sentencepiece.bpe.model",
        "tiktoken.model",
        "chat_template.jinja",
        "chat_template.json",
        "finetune.json",
    ];

    private static readonly string[] Tokenizers =
    [
        "tokenizer.json",
        "tokenizer.model",
        "spiece.model",
        "sentencepiece.bpe.model",
        "tiktoken.model",
        "vocab.json",
        "vocab.txt",
    ];

    private static readonly string[] Pickles = [".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".msgpack", ".h5"];

    /// <summary>The files of a part that the repository lists; of a sharded model without its shards.</summary>
    /// <exception cref="Graph.Diagnostics.PipelineException">The part is not there in a form that can be used.</exception>
    public static IReadOnlyList<string> Of(HubWish wish, IReadOnlyList<string> names)
    {
        if (wish.Part == HubPart.Tables)
        {
            return (wish.Tables ?? new HubTables([], null, null)).Of(wish.Reference, names);
        }

        var small = names.Where(IsSmall).ToList();
        switch (wish.Part)
        {
            case HubPart.Model:
                Need(wish, names, Config, small.Contains(Config, StringComparer.Ordinal));
                var weights = names.FirstOrDefault(n => n == Weights) ?? names.FirstOrDefault(n => n == Index);
                NeedWeights(wish, names, weights is not null);
                small.Add(weights!);
                break;
            case HubPart.Adapter:
                Need(wish, names, AdapterConfig, names.Contains(AdapterConfig, StringComparer.Ordinal));
                NeedWeights(wish, names, names.Contains(AdapterWeights, StringComparer.Ordinal));
                small.AddRange([AdapterConfig, AdapterWeights]);
                break;
            default:
                Need(wish, names, Tokenizers[0], small.Any(n => Tokenizers.Contains(n, StringComparer.Ordinal)));
                break;
        }

        return [.. small.Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether these files are the whole part. Shards are known by the index in the snapshot.</summary>
    public static bool IsWhole(HubPart part, string folder, IReadOnlyCollection<string> names) =>
        part switch
        {
            HubPart.Model => names.Contains(Config)
                && (
                    names.Contains(Weights)
                    || names.Contains(Index)
                        && Shards(Path.Combine(folder, Index)) is { } shards
                        && shards.All(names.Contains)
                ),
            HubPart.Adapter => names.Contains(AdapterConfig) && names.Contains(AdapterWeights),
            HubPart.Tokenizer => Tokenizers.Any(names.Contains),
            _ => names.Count > 0,
        };

    /// <summary>Whether a file is of a model, a tokenizer or an adapter.</summary>
    public static bool IsModelFile(string name) =>
        IsSmall(name)
        || name is AdapterConfig
        || name.EndsWith(".safetensors", StringComparison.Ordinal)
        || name == Index;

    /// <summary>The shards that an index names; null where it cannot be read.</summary>
    public static IReadOnlyList<string>? Shards(string index)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(index));
            return
            [
                .. json
                    .RootElement.GetProperty("weight_map")
                    .EnumerateObject()
                    .Select(p => p.Value.GetString() ?? "")
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception e)
            when (e is JsonException or IOException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsSmall(string name) =>
        Small.Contains(name, StringComparer.Ordinal)
        || name.EndsWith(".tiktoken", StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal)
        || name.StartsWith("chat_templates/", StringComparison.Ordinal)
            && name.EndsWith(".jinja", StringComparison.Ordinal);

    private static void Need(HubWish wish, IReadOnlyList<string> names, string wanted, bool isThere)
    {
        if (!isThere)
        {
            throw HubErrors.Error(
                HubErrors.Lacking,
                $"{wish.Reference.Name} has no '{wanted}'",
                $"name a repository in Hugging Face layout; this one has {Some(names)}"
            );
        }
    }

    private static void NeedWeights(HubWish wish, IReadOnlyList<string> names, bool isThere)
    {
        if (isThere)
        {
            return;
        }

        var pickle = names.FirstOrDefault(n =>
            Pickles.Contains(Path.GetExtension(n), StringComparer.OrdinalIgnoreCase)
        );
        throw pickle is null
            ? HubErrors.Error(
                HubErrors.Lacking,
                $"{wish.Reference.Name} has no weights as safetensors",
                $"name a repository that has; this one has {Some(names)}"
            )
            : HubErrors.Error(
                HubErrors.Pickled,
                $"{wish.Reference.Name} has its weights as '{pickle}' only: pickles and the like can run code when they are loaded, and are never downloaded",
                "look for a revision with safetensors (the Hub's conversion is often refs/pr/1), or convert it elsewhere and name the folder"
            );
    }

    private static string Some(IReadOnlyList<string> names) =>
        names.Count == 0 ? "no files" : string.Join(", ", names.Take(8)) + (names.Count > 8 ? ", ..." : "");
}
