using System.Text.Json.Nodes;
using static Finetune.Engine.Tokenizers.Conversion.Parts;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>vocab.json and merges.txt of byte-level BPE, by class: GPT-2's, RoBERTa's and Qwen2's.</summary>
internal static class ByteLevelConversion
{
    public const string VocabularyName = "vocab.json";
    public const string MergesName = "merges.txt";

    private const string Qwen2Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <exception cref="ModelFileException">A file is broken, or the class is not known here.</exception>
    public static TokenizerFile Read(TokenizerSettings settings)
    {
        var path = Path.Combine(settings.Folder, VocabularyName);
        JsonNode vocabulary;
        using (var document = TokenizerFile.Parse(path))
        {
            var root = new JsonPlace(document.RootElement, "$", path);
            vocabulary = JsonObject.Create(document.RootElement.Clone()) ?? throw root.Fail("an object");
        }

        var draft = new Draft(path, settings)
        {
            Model = new JsonObject
            {
                ["type"] = "BPE",
                ["continuing_subword_prefix"] = "",
                ["end_of_word_suffix"] = "",
                ["fuse_unk"] = false,
                ["vocab"] = vocabulary,
                ["merges"] = Merges(Path.Combine(settings.Folder, MergesName)),
            },
            Decoder = Of("ByteLevel"),
            PostProcessor = ByteLevel(addPrefixSpace: true, useRegex: true, trimOffsets: false),
        };
        foreach (var (token, id) in vocabulary.AsObject())
        {
            draft.Ids[token] = id is JsonValue value && value.TryGetValue<int>(out var number) ? number : -1;
        }

        var prefixed = settings.Flag("add_prefix_space") ?? false;
        switch (settings.Class)
        {
            case TokenizerClass.Gpt2 or "CodeGenTokenizer" or "GPTNeoXTokenizer":
                draft.PreTokenizer = ByteLevel(prefixed, useRegex: true);
                break;
            case TokenizerClass.Roberta or "BartTokenizer":
                draft.PreTokenizer = ByteLevel(prefixed, useRegex: true);
                draft.PostProcessor = Roberta(draft, settings, prefixed);
                break;
            case TokenizerClass.Qwen2:
                draft.Normalizer = Of("NFC");
                draft.PreTokenizer = PreTokenizerChain(
                    Split(new JsonObject { ["Regex"] = Qwen2Pattern }, "Isolated"),
                    ByteLevel(prefixed, useRegex: false)
                );
                break;
            default:
                throw new ModelFileException(
                    Path.Combine(settings.Folder, TokenizerSettings.ConfigName),
                    "$.tokenizer_class",
                    settings.Class.Length == 0 ? "none" : $"\"{settings.Class}\" with {VocabularyName}",
                    "a class that says how vocab.json is used (GPT2, CodeGen, Roberta, Bart, Qwen2), or a tokenizer.json"
                );
        }

        return draft.Read();
    }

    private static JsonObject Roberta(Draft draft, TokenizerSettings settings, bool prefixed)
    {
        var (sep, cls) = (settings.Named("sep_token"), settings.Named("cls_token"));
        return new JsonObject
        {
            ["type"] = "RobertaProcessing",
            ["sep"] = new JsonArray(sep, draft.IdOf(sep)),
            ["cls"] = new JsonArray(cls, draft.IdOf(cls)),
            ["trim_offsets"] = true,
            ["add_prefix_space"] = prefixed,
        };
    }

    private static JsonArray Merges(string path)
    {
        var merges = new JsonArray();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if ((number == 1 && line.StartsWith("#version", StringComparison.Ordinal)) || line.Length == 0)
            {
                continue;
            }

            var parts = line.Split(' ');
            merges.Add(
                parts.Length == 2
                    ? (JsonNode)new JsonArray(parts[0], parts[1])
                    : throw new ModelFileException(path, $"line {number}", $"\"{line}\"", "two tokens")
            );
        }

        return merges;
    }
}
