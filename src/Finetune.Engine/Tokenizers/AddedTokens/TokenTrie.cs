using System.Buffers;

namespace Finetune.Engine.Tokenizers.AddedTokens;

/// <summary>Finds added tokens in a text: leftmost, then longest.</summary>
internal sealed class TokenTrie
{
    private sealed class Node
    {
        public Dictionary<char, Node> Next { get; } = [];

        public AddedToken? Token { get; set; }
    }

    private readonly Node _root = new();
    private readonly SearchValues<char> _firsts;

    /// <param name="tokens">Each with the text that it matches by; the first of equals counts.</param>
    public TokenTrie(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        foreach (var (text, token) in tokens)
        {
            var node = _root;
            foreach (var unit in text)
            {
                if (!node.Next.TryGetValue(unit, out var next))
                {
                    node.Next[unit] = next = new Node();
                }

                node = next;
            }

            if (text.Length > 0)
            {
                node.Token ??= token;
            }
        }

        _firsts = SearchValues.Create([.. _root.Next.Keys.Order()]);
    }

    /// <summary>The next match at or after <paramref name="from"/>, or null.</summary>
    public (int Start, int End, AddedToken Token)? Find(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length)
        {
            var step = text[from..].IndexOfAny(_firsts);
            if (step < 0)
            {
                return null;
            }

            from += step;
            var (node, end, token) = (_root, from, default(AddedToken));
            for (var at = from; at < text.Length && node.Next.TryGetValue(text[at], out var next); at++)
            {
                node = next;
                if (node.Token is not null)
                {
                    (end, token) = (at + 1, node.Token);
                }
            }

            if (token is not null)
            {
                return (from, end, token);
            }

            from++;
        }

        return null;
    }
}
