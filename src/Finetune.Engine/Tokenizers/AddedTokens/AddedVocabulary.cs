using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.AddedTokens;

/// <summary>
/// The added tokens of a tokenizer. Those with normalized=false are cut out of the raw text, the others, by their
/// normalized content, out of the normalized text between.
/// </summary>
internal sealed class AddedVocabulary
{
    // Rust's \w, which tokenizers asks here: Oniguruma's, with the two joiners.
    private static readonly CodePointSet Word = UnicodeSets.Word.Or(CodePointSet.Range(0x200C, 0x200D));
    private readonly TokenTrie _raw;
    private readonly TokenTrie _normalized;
    private readonly Dictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);
    private readonly HashSet<string> _special = new(StringComparer.Ordinal);

    public AddedVocabulary(IReadOnlyList<AddedToken> tokens)
    {
        foreach (var token in tokens)
        {
            _byId[token.Id] = token;
            _byContent.TryAdd(token.Content, token);
            if (token.Special)
            {
                _special.Add(token.Content);
            }
        }

        var inOrder = tokens.OrderBy(token => token.Special ? 0 : 1).ToList();
        _raw = new TokenTrie(inOrder.Where(token => !token.Normalized).Select(token => (token.Content, token)));
        _normalized = new TokenTrie(inOrder.Where(token => token.Normalized).Select(token => (token.Shown, token)));
    }

    public IEnumerable<int> Ids => _byId.Keys;

    public AddedToken? Find(int id) => _byId.GetValueOrDefault(id);

    public AddedToken? Find(string content) => _byContent.GetValueOrDefault(content);

    /// <summary>Whether a token's text is that of a special token.</summary>
    public bool IsSpecial(string content) => _special.Contains(content);

    /// <summary>Cuts raw or normalized text: stretches with the token that they are, or null for text between.</summary>
    public List<(int Start, int End, AddedToken? Token)> Cut(ReadOnlySpan<char> text, bool normalized)
    {
        var trie = normalized ? _normalized : _raw;
        var parts = new List<(int, int, AddedToken?)>();
        var done = 0;
        for (var from = 0; trie.Find(text, from) is var (start, end, token); )
        {
            from = end;
            if (token.SingleWord && (EndsInWord(text[..start]) || StartsWithWord(text[end..])))
            {
                continue;
            }

            if (token.LeftStrip)
            {
                start = Math.Max(SpaceBefore(text, start), done);
            }

            if (token.RightStrip)
            {
                end = SpaceAfter(text, end);
            }

            if (done < start)
            {
                parts.Add((done, start, null));
            }

            parts.Add((start, end, token));
            done = end;
        }

        if (done < text.Length)
        {
            parts.Add((done, text.Length, null));
        }

        return parts;
    }

    private static bool EndsInWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out var rune, out _) == System.Buffers.OperationStatus.Done
        && Word.Contains(rune.Value);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == System.Buffers.OperationStatus.Done
        && Word.Contains(rune.Value);

    private static int SpaceBefore(ReadOnlySpan<char> text, int at)
    {
        while (at > 0 && UnicodeSets.Space.Contains(text[at - 1]))
        {
            at--;
        }

        return at;
    }

    private static int SpaceAfter(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && UnicodeSets.Space.Contains(text[at]))
        {
            at++;
        }

        return at;
    }
}
