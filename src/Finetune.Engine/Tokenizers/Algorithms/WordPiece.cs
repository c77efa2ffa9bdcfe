namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// BERT's greedy cut: the longest token that starts the word, then the longest that goes on (with the prefix ##). A
/// word of too many characters, or with a part that is no token, is one unknown token.
/// </summary>
internal sealed class WordPiece(Vocabulary vocabulary, int unknown, string prefix, int mostCharacters) : IAlgorithm
{
    private readonly int _longest = vocabulary.Tokens.Select(token => token.Length).DefaultIfEmpty(0).Max();

    public int Count => vocabulary.Count;

    public IEnumerable<int> Ids => vocabulary.Ids;

    public static WordPiece Read(JsonPlace place)
    {
        place.Closed("type", "unk_token", "continuing_subword_prefix", "max_input_chars_per_word", "vocab");
        var vocabulary = new Vocabulary(place.Required("vocab"));
        var unknown = place.Optional("unk_token");
        return new WordPiece(
            vocabulary,
            vocabulary.IdOf(unknown?.AsString() ?? "[UNK]")
                ?? throw (unknown ?? place).Fail("an unk_token of the vocabulary"),
            place.StringOr("continuing_subword_prefix", "##")!,
            place.Optional("max_input_chars_per_word")?.AsCount() ?? 100
        );
    }

    public int? IdOf(string token) => vocabulary.IdOf(token);

    public string? TokenOf(int id) => vocabulary.TokenOf(id);

    public Segmentation Segment(ReadOnlySpan<char> piece)
    {
        var whole = new Segmentation([unknown], [0], [piece.Length - 1]);
        if (Characters(piece) > mostCharacters)
        {
            return whole;
        }

        var (ids, firsts, lasts) = (new List<int>(), new List<int>(), new List<int>());
        for (var start = 0; start < piece.Length; )
        {
            if (Longest(piece[start..], start > 0) is not var (id, length))
            {
                return whole;
            }

            ids.Add(id);
            firsts.Add(start);
            lasts.Add(start + length - 1);
            start += length;
        }

        return new Segmentation([.. ids], [.. firsts], [.. lasts]);
    }

    private (int Id, int Length)? Longest(ReadOnlySpan<char> rest, bool goesOn)
    {
        for (var length = Math.Min(rest.Length, _longest); length > 0; length--)
        {
            var cutsPair = length < rest.Length && char.IsLowSurrogate(rest[length]);
            var id = goesOn ? vocabulary.IdOf(string.Concat(prefix, rest[..length])) : vocabulary.IdOf(rest[..length]);
            if (id is { } found && !cutsPair)
            {
                return (found, length);
            }
        }

        return null;
    }

    private static int Characters(ReadOnlySpan<char> piece)
    {
        var count = 0;
        foreach (var _ in piece.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
