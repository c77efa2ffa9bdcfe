using Finetune.Engine.Tokenizers.Algorithms;

namespace Finetune.Engine.Tokenizers.AddedTokens;

/// <summary>
/// Reads <c>added_tokens</c>, and takes in the tokens that the files beside it add, numbered as tokenizers numbers
/// them: the vocabulary's id, else the next that is free.
/// </summary>
internal sealed class AddedTokenReader(IAlgorithm algorithm, Func<string, string> normalize)
{
    private readonly List<AddedToken> _tokens = [];
    private int _next = algorithm.Count;

    public IReadOnlyList<AddedToken> Tokens => _tokens;

    /// <exception cref="ModelFileException">An entry's id is not the one that it gets.</exception>
    public void Read(JsonPlace? place)
    {
        foreach (var entry in place?.Items() ?? [])
        {
            entry.Closed("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
            var id = entry.Required("id");
            Add(Of(entry) with { Id = id.AsInt(), Place = id });
        }
    }

    /// <summary>A token as JSON writes it, without its id.</summary>
    public static ExtraToken Of(JsonPlace entry)
    {
        var special = entry.BoolOr("special", false);
        return new ExtraToken(
            entry.Required("content").AsString(),
            special,
            entry.BoolOr("normalized", !special),
            entry.BoolOr("single_word", false),
            entry.BoolOr("lstrip", false),
            entry.BoolOr("rstrip", false)
        );
    }

    /// <exception cref="ModelFileException">The token's id is not the one that it gets.</exception>
    public void Add(ExtraToken token)
    {
        if (token.Content.Length == 0)
        {
            return;
        }

        var at = _tokens.FindIndex(known => known.Content == token.Content);
        var id = at >= 0 ? _tokens[at].Id : algorithm.IdOf(token.Content) ?? _next;

        // The reference numbers added tokens itself; a file that says otherwise would give other ids there.
        if (token.Place is { } place && token.Id != id)
        {
            throw place.Fail(
                $"{id}, the id that \"{token.Content}\" gets from the vocabulary and the tokens before it"
            );
        }

        _next = Math.Max(_next, id + 1);
        if (at < 0)
        {
            _tokens.Add(Made(token, id));
        }
        else if (token.Id is not null)
        {
            // A later word on the same token changes how it is matched.
            _tokens[at] = Made(token, id);
        }
    }

    private AddedToken Made(ExtraToken token, int id) =>
        new(
            id,
            token.Content,
            token.Normalized ? normalize(token.Content) : token.Content,
            token.SingleWord,
            token.LeftStrip,
            token.RightStrip,
            token.Normalized,
            token.Special
        );
}
