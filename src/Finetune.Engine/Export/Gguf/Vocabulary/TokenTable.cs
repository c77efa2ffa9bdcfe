using System.Globalization;
using System.Text.Json;
using Finetune.Engine.Tokenizers.Decoders;

namespace Finetune.Engine.Export.Gguf.Vocabulary;

/// <summary>Tokens by id, with the kind that llama.cpp treats them as.</summary>
/// <param name="size">Ids there are; those without a token stay unused.</param>
internal sealed class TokenTable(int size)
{
    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int UserDefined = 4;
    private const int Unused = 5;
    private const int Byte = 6;
    private readonly (string? Text, int Kind, float? Score)[] _tokens = new (string?, int, float?)[size];

    /// <summary>Tokens of a byte-level vocabulary.</summary>
    public void AddWords(IReadOnlyDictionary<string, int> vocabulary)
    {
        foreach (var (text, id) in vocabulary)
        {
            Put(id, text, Normal, null);
        }
    }

    /// <summary>Tokens of a SentencePiece vocabulary.</summary>
    public void AddPieces(
        IReadOnlyDictionary<string, int> vocabulary,
        IReadOnlyDictionary<string, float> scores,
        string? unknown
    )
    {
        foreach (var (text, id) in vocabulary)
        {
            var kind =
                ByteFallbackDecoder.ByteOf(text) is not null ? Byte
                : text == unknown ? Unknown
                : Normal;
            Put(id, text, kind, scores.GetValueOrDefault(text));
        }
    }

    /// <summary>Added tokens, which stand over the vocabulary's.</summary>
    /// <param name="root">The content of <c>tokenizer.json</c>.</param>
    /// <param name="score">Theirs; null for none.</param>
    public void AddAdded(JsonElement root, float? score)
    {
        if (!root.TryGetProperty("added_tokens", out var added) || added.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        foreach (var token in added.EnumerateArray())
        {
            var text = token.GetProperty("content").GetString()!;
            var id = token.GetProperty("id").GetInt32();
            if (id < size && _tokens[id].Kind == Unknown)
            {
                continue;
            }

            var special = token.TryGetProperty("special", out var flag) && flag.GetBoolean();
            Put(id, special ? text : text.Replace('\u2581', ' '), special ? Control : UserDefined, score);
        }
    }

    /// <summary>Adds tokens, kinds and, where there are any, scores.</summary>
    /// <param name="metadata">Where.</param>
    /// <param name="unusedScore">Score of ids without a token; null where tokens have none.</param>
    public void Describe(GgufMetadata metadata, float? unusedScore)
    {
        metadata.Add(
            "tokenizer.ggml.tokens",
            _tokens.Select((t, id) => t.Text ?? string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]")).ToArray()
        );
        if (unusedScore is { } unused)
        {
            metadata.Add(
                "tokenizer.ggml.scores",
                _tokens.Select(t => t.Text is null ? unused : t.Score ?? 0).ToArray()
            );
        }

        metadata.Add("tokenizer.ggml.token_type", _tokens.Select(t => t.Text is null ? Unused : t.Kind).ToArray());
    }

    // Ids beyond the embedding have no row that could be predicted or read.
    private void Put(int id, string text, int kind, float? score)
    {
        if (id >= 0 && id < size)
        {
            _tokens[id] = (text, kind, score);
        }
    }
}
