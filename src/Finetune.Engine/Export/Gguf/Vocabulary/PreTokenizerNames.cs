using System.Text.Json;

namespace Finetune.Engine.Export.Gguf.Vocabulary;

/// <summary>
/// What llama.cpp calls a way of parting text before byte-level merges (<c>llama-vocab.cpp</c>). The converter there finds
/// the name by hashing the tokens of a sample text; here the patterns of <c>tokenizer.json</c> are compared, which holds
/// for tokenizers that nobody has hashed too.
/// </summary>
internal static class PreTokenizerNames
{
    private const string Gpt2 = "gpt-2";
    private const string Digits = "digits";

    private const string Llama3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen2 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen35 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Gpt4O =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Tekken =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string SeedCoder =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+";

    // Steps, whether whole words that are tokens skip the merges, and the name. The first that fits is taken.
    private static readonly (string[] Steps, bool IgnoreMerges, string Name)[] Known =
    [
        ([Gpt2], false, "gpt-2"),
        ([Digits, Gpt2], false, "smollm"),
        ([Llama3], true, "llama-bpe"),
        ([Llama3], false, "smaug-bpe"),
        ([Qwen2], false, "qwen2"),
        ([Qwen35], false, "qwen35"),
        ([Gpt4O], false, "gpt-4o"),
        ([Tekken], true, "tekken"),
        ([SeedCoder], false, "seed-coder"),
        ([@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", "[一-龥ࠀ-一가-\ud7ff]+", Digits], false, "deepseek-coder"),
    ];

    /// <summary>The name.</summary>
    /// <param name="file">Path, for messages.</param>
    /// <param name="root">The file's content.</param>
    /// <param name="ignoreMerges">Whether whole words that are tokens skip the merges.</param>
    /// <exception cref="ModelFileException">llama.cpp has no such way.</exception>
    public static string Of(string file, JsonElement root, bool ignoreMerges)
    {
        var steps = new List<string>();
        if (root.TryGetProperty("pre_tokenizer", out var place) && place.ValueKind == JsonValueKind.Object)
        {
            Collect(file, place, steps);
        }

        return Known.FirstOrDefault(k => k.IgnoreMerges == ignoreMerges && k.Steps.SequenceEqual(steps)).Name
            ?? throw Unknown(file, steps.Count == 0 ? "none" : $"{string.Join(", then ", steps)}");
    }

    private static void Collect(string file, JsonElement place, List<string> steps)
    {
        var type = place.GetProperty("type").GetString();
        switch (type)
        {
            case "Sequence":
                foreach (var part in place.GetProperty("pretokenizers").EnumerateArray())
                {
                    Collect(file, part, steps);
                }

                break;
            case "ByteLevel" when !place.GetProperty("add_prefix_space").GetBoolean():
                if (!place.TryGetProperty("use_regex", out var regex) || regex.GetBoolean())
                {
                    steps.Add(Gpt2);
                }

                break;
            case "Digits" when place.TryGetProperty("individual_digits", out var one) && one.GetBoolean():
                steps.Add(Digits);
                break;
            case "Split" when Isolates(place) && place.GetProperty("pattern").TryGetProperty("Regex", out var pattern):
                steps.Add(pattern.GetString()!);
                break;
            default:
                throw Unknown(file, type == "ByteLevel" ? "ByteLevel with add_prefix_space" : place.GetRawText());
        }
    }

    private static bool Isolates(JsonElement split)
    {
        var invert = split.TryGetProperty("invert", out var flag) && flag.GetBoolean();
        return split.GetProperty("behavior").GetString() == (invert ? "Removed" : "Isolated");
    }

    private static ModelFileException Unknown(string file, string found) =>
        new(
            file,
            "pre_tokenizer",
            found,
            "one that llama.cpp knows, to export as GGUF: take a tokenizer that parts text as GPT-2 (ByteLevel without "
                + "add_prefix_space), SmolLM, Llama 3, Qwen 2, GPT-4o, Tekken or DeepSeek Coder do, or one of SentencePiece"
        );
}
