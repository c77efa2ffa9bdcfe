using System.Text.Json;

namespace Finetune.Engine.Tokenizers;

/// <summary>What Transformers' tokenizer classes bring with them: the class of a folder, and its default tokens.</summary>
internal static class TokenizerClass
{
    public const string Llama = "LlamaTokenizer";
    public const string Gemma = "GemmaTokenizer";
    public const string T5 = "T5Tokenizer";
    public const string XlmRoberta = "XLMRobertaTokenizer";
    public const string Albert = "AlbertTokenizer";
    public const string Gpt2 = "GPT2Tokenizer";
    public const string Roberta = "RobertaTokenizer";
    public const string Qwen2 = "Qwen2Tokenizer";
    public const string Qwen = "QWenTokenizer";
    public const string Bert = "BertTokenizer";

    // These classes build the template themselves, with the beginning token unless told not to.
    private static readonly string[] OwnTemplate = [Llama, "CodeLlamaTokenizer", Gemma, "CohereTokenizer"];

    // Classes that say nothing of how a text is cut.
    private static readonly string[] Plain = ["PreTrainedTokenizer", "TokenizersBackend"];

    private static readonly Dictionary<string, string> OfFamily = new(StringComparer.Ordinal)
    {
        ["llama"] = Llama,
        ["mistral"] = Llama,
        ["mixtral"] = Llama,
        ["phi3"] = Llama,
        ["gemma"] = Gemma,
        ["gemma2"] = Gemma,
        ["gemma3"] = Gemma,
        ["gemma3_text"] = Gemma,
        ["t5"] = T5,
        ["mt5"] = T5,
        ["umt5"] = T5,
        ["xlm-roberta"] = XlmRoberta,
        ["albert"] = Albert,
        ["gpt2"] = Gpt2,
        ["gpt_neo"] = Gpt2,
        ["gptj"] = Gpt2,
        ["opt"] = Gpt2,
        ["phi"] = "CodeGenTokenizer",
        ["starcoder2"] = Gpt2,
        ["gpt_bigcode"] = Gpt2,
        ["granite"] = Gpt2,
        ["smollm3"] = Gpt2,
        ["roberta"] = Roberta,
        ["bart"] = Roberta,
        ["qwen"] = Qwen,
        ["qwen2"] = Qwen2,
        ["qwen2_moe"] = Qwen2,
        ["qwen3"] = Qwen2,
        ["qwen3_moe"] = Qwen2,
        ["bert"] = Bert,
        ["distilbert"] = Bert,
        ["electra"] = Bert,
    };

    /// <summary>The class that tokenizer_config.json names, else config.json, else the family's; empty without.</summary>
    public static string Of(string folder, JsonPlace? settings)
    {
        var name = settings?.StringOr("tokenizer_class", null);
        var config = Path.Combine(folder, "config.json");
        if (name is null && File.Exists(config))
        {
            using var document = TokenizerFile.Parse(config);
            var root = document.RootElement;
            name =
                Text(root, "tokenizer_class")
                ?? (Text(root, "model_type") is { } family ? OfFamily.GetValueOrDefault(family) : null);
        }

        name = name?.EndsWith("Fast", StringComparison.Ordinal) ?? false ? name[..^4] : name ?? "";
        return Plain.Contains(name, StringComparer.Ordinal) ? "" : name;
    }

    /// <summary>The token that a class has for a key where no file speaks of it, or null.</summary>
    public static string? Default(string name, string key) =>
        (name, key) switch
        {
            (Llama or "CodeLlamaTokenizer" or "Phi3Tokenizer", "bos_token") => "<s>",
            (Llama or "CodeLlamaTokenizer" or "Phi3Tokenizer" or T5, "eos_token") => "</s>",
            (Llama or "CodeLlamaTokenizer" or "Phi3Tokenizer" or T5 or Albert or Gemma, "unk_token") => "<unk>",
            (Gemma, "bos_token") => "<bos>",
            (Gemma, "eos_token") => "<eos>",
            (Gemma or T5 or Albert, "pad_token") => "<pad>",
            (Gpt2 or "CodeGenTokenizer", "bos_token" or "eos_token" or "unk_token") => "<|endoftext|>",
            (Qwen2, "eos_token" or "unk_token" or "pad_token") => "<|endoftext|>",
            (XlmRoberta or Roberta or "BartTokenizer", "bos_token" or "cls_token") => "<s>",
            (XlmRoberta or Roberta or "BartTokenizer", "eos_token" or "sep_token") => "</s>",
            (XlmRoberta or Roberta or "BartTokenizer", "unk_token") => "<unk>",
            (XlmRoberta or Roberta or "BartTokenizer", "pad_token") => "<pad>",
            (XlmRoberta or Roberta or "BartTokenizer", "mask_token") => "<mask>",
            (Albert, "bos_token" or "cls_token") => "[CLS]",
            (Albert, "eos_token" or "sep_token") => "[SEP]",
            (Bert or "DistilBertTokenizer" or "ElectraTokenizer", "unk_token") => "[UNK]",
            (Bert or "DistilBertTokenizer" or "ElectraTokenizer", "sep_token") => "[SEP]",
            (Bert or "DistilBertTokenizer" or "ElectraTokenizer", "pad_token") => "[PAD]",
            (Bert or "DistilBertTokenizer" or "ElectraTokenizer", "cls_token") => "[CLS]",
            (Bert or "DistilBertTokenizer" or "ElectraTokenizer" or Albert, "mask_token") => "[MASK]",
            _ => null,
        };

    /// <summary>Whether a class's mask swallows the space before it.</summary>
    public static bool MaskTakesSpace(string name, string key) =>
        key == "mask_token" && name is (XlmRoberta or Roberta or "BartTokenizer" or Albert);

    /// <summary>
    /// What a class puts around a text: what the settings ask for, and where they ask for one thing only or the class
    /// has no template file, its default. Both null: the file's template stands.
    /// </summary>
    public static (bool? Bos, bool? Eos) Around(string name, bool? bos, bool? eos, bool isWhole)
    {
        var own = OwnTemplate.Contains(name, StringComparer.Ordinal);
        return bos is null && eos is null && (isWhole || !own) ? (null, null) : (bos ?? own, eos ?? false);
    }

    private static string? Text(JsonElement root, string key) =>
        root.ValueKind == JsonValueKind.Object
        && root.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
