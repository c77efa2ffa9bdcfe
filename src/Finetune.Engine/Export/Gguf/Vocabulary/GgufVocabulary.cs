using System.Globalization;
using System.Text.Json;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Export.Gguf.Vocabulary;

/// <summary>A tokenizer as keys of a GGUF file, read from <c>tokenizer.json</c> and what lies beside it.</summary>
internal sealed class GgufVocabulary
{
    private const float AddedScore = -1000;
    private const float UnusedScore = -10000;
    private readonly string _file;
    private readonly JsonElement _root;
    private readonly JsonElement _model;
    private readonly string _folder;
    private readonly Dictionary<string, int> _vocabulary;

    private GgufVocabulary(string folder, string file, JsonElement root)
    {
        (_folder, _file, _root) = (folder, file, root);
        _model = root.GetProperty("model");
        if (Text(_model, "type") != "BPE")
        {
            throw Wrong("model.type", Text(_model, "type") ?? "nothing", "BPE: no other tokenizer is exported as GGUF");
        }

        _vocabulary = _model
            .GetProperty("vocab")
            .EnumerateObject()
            .ToDictionary(token => token.Name, token => token.Value.GetInt32(), StringComparer.Ordinal);
    }

    /// <summary>Adds the keys.</summary>
    /// <param name="metadata">Where.</param>
    /// <param name="folder">The tokenizer's folder.</param>
    /// <param name="size">Rows of the model's embedding; ids without a token are named as unused.</param>
    /// <param name="endIds">Ids that end a text by the model's configuration.</param>
    /// <exception cref="ModelFileException">A tokenizer that llama.cpp does not compute.</exception>
    public static void Describe(GgufMetadata metadata, string folder, int size, IReadOnlyList<int> endIds)
    {
        var tokenizer = Tokenizer.Load(folder);
        var file = Path.Combine(folder, TokenizerFile.Name);
        using var document = TokenizerFile.Parse(file);
        new GgufVocabulary(folder, file, document.RootElement).Describe(metadata, tokenizer, size, endIds);
    }

    private void Describe(GgufMetadata metadata, Tokenizer tokenizer, int size, IReadOnlyList<int> endIds)
    {
        var pieces = _model.TryGetProperty("byte_fallback", out var bytes) && bytes.GetBoolean();
        var merges = SentencePieceScores.Pairs(_model.GetProperty("merges"));
        var words = new TokenTable(size);
        if (pieces)
        {
            var prefix = SentencePieceSpaces.AddsPrefix(_file, _root);
            var scores = SentencePieceScores.Of(_file, _vocabulary, merges);
            words.AddPieces(_vocabulary, scores, Text(_model, "unk_token"));
            words.AddAdded(_root, AddedScore);
            metadata.Add("tokenizer.ggml.model", "llama");
            metadata.Add("tokenizer.ggml.pre", "default");
            words.Describe(metadata, UnusedScore);
            metadata.Add("tokenizer.ggml.add_space_prefix", prefix);
        }
        else
        {
            CheckByteLevel();
            var ignoreMerges = _model.TryGetProperty("ignore_merges", out var flag) && flag.GetBoolean();
            words.AddWords(_vocabulary);
            words.AddAdded(_root, null);
            metadata.Add("tokenizer.ggml.model", "gpt2");
            metadata.Add("tokenizer.ggml.pre", PreTokenizerNames.Of(_file, _root, ignoreMerges));
            words.Describe(metadata, null);
            metadata.Add("tokenizer.ggml.merges", merges.Select(m => $"{m.Left} {m.Right}").ToArray());
        }

        AddSpecials(metadata, tokenizer, endIds);
        metadata.Add("tokenizer.chat_template", ChatTemplate());
    }

    private void AddSpecials(GgufMetadata metadata, Tokenizer tokenizer, IReadOnlyList<int> endIds)
    {
        var leading = tokenizer.EncodeIds("")[..tokenizer.LeadingSpecialTokens];
        if (leading.Length > 1)
        {
            throw Wrong("post_processor", $"{leading.Length} tokens before a text", "one at most, to export as GGUF");
        }

        var end = tokenizer.EosId ?? (endIds.Count > 0 ? endIds[0] : null);
        metadata.Add("tokenizer.ggml.bos_token_id", (uint?)(leading.Length == 1 ? leading[0] : tokenizer.BosId));
        metadata.Add("tokenizer.ggml.eos_token_id", (uint?)end);
        metadata.Add("tokenizer.ggml.eot_token_id", (uint?)endIds.Cast<int?>().FirstOrDefault(id => id != end));
        metadata.Add("tokenizer.ggml.unknown_token_id", (uint?)tokenizer.UnkId);
        metadata.Add("tokenizer.ggml.padding_token_id", (uint?)tokenizer.PadId);
        metadata.Add("tokenizer.ggml.add_bos_token", leading.Length == 1);
        // A prompt is gone on from: nothing stands behind it, whatever a template says of texts.
        metadata.Add("tokenizer.ggml.add_eos_token", false);
    }

    private void CheckByteLevel()
    {
        foreach (var key in new[] { "continuing_subword_prefix", "end_of_word_suffix" })
        {
            if (Text(_model, key) is { Length: > 0 } affix)
            {
                throw Wrong($"model.{key}", $"\"{affix}\"", "none, to export as GGUF");
            }
        }

        // llama.cpp normalizes nothing here; published Qwen tokenizers say NFC, which most texts are in already.
        if (
            _root.TryGetProperty("normalizer", out var normalizer)
            && normalizer.ValueKind == JsonValueKind.Object
            && Text(normalizer, "type") != "NFC"
        )
        {
            throw Wrong("normalizer", normalizer.GetRawText(), "none or NFC, to export as GGUF");
        }
    }

    private string? ChatTemplate()
    {
        var apart = Path.Combine(_folder, "chat_template.jinja");
        if (File.Exists(apart))
        {
            return File.ReadAllText(apart);
        }

        var config = Path.Combine(_folder, "tokenizer_config.json");
        if (!File.Exists(config))
        {
            return null;
        }

        using var document = TokenizerFile.Parse(config);
        return Text(document.RootElement, "chat_template");
    }

    private static string? Text(JsonElement at, string key) =>
        at.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private ModelFileException Wrong(string field, string found, string wanted) =>
        new(_file, field, string.Create(CultureInfo.InvariantCulture, $"{found}"), wanted);
}
