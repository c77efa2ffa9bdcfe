using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers.AddedTokens;

namespace Finetune.Engine.Tokenizers.Conversion;

/// <summary>A tokenizer.json in the making, from the files that came before that format.</summary>
internal sealed class Draft(string path, TokenizerSettings settings)
{
    /// <summary>The vocabulary, for the ids of special tokens.</summary>
    public Dictionary<string, int> Ids { get; } = new(StringComparer.Ordinal);

    /// <summary>Tokens that the vocabulary's file adds, before those of the settings.</summary>
    public List<ExtraToken> Tokens { get; } = [];

    public JsonObject? Normalizer { get; set; }

    public JsonObject? PreTokenizer { get; set; }

    public JsonObject? PostProcessor { get; set; }

    public JsonObject? Decoder { get; set; }

    public required JsonObject Model { get; init; }

    /// <summary>The id of a token as it will be numbered.</summary>
    /// <exception cref="ModelFileException">There is no such token.</exception>
    public int IdOf(string? token)
    {
        if (token is not null && Ids.TryGetValue(token, out var known))
        {
            return known;
        }

        var next = Ids.Count;
        foreach (var added in Tokens.Concat(settings.Tokens).Select(added => added.Content).Distinct())
        {
            if (added == token)
            {
                return next;
            }

            next += Ids.ContainsKey(added) ? 0 : 1;
        }

        throw new ModelFileException(path, null, $"no \"{token}\"", "a vocabulary with the class's special tokens");
    }

    /// <summary>The tokenizer, as if it had been read from a tokenizer.json.</summary>
    public TokenizerFile Read()
    {
        var root = new JsonObject
        {
            ["normalizer"] = Normalizer,
            ["pre_tokenizer"] = PreTokenizer,
            ["post_processor"] = PostProcessor,
            ["decoder"] = Decoder,
            ["model"] = Model,
        };
        using var document = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(root));
        return TokenizerFile.Read(new JsonPlace(document.RootElement, "$", path), [.. Tokens, .. settings.Tokens]);
    }
}
