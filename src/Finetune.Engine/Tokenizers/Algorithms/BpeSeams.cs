using System.Runtime.CompilerServices;

namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// Places that no merge can cross: between two characters that are each in the vocabulary and stand beside each other
/// in none of its tokens. The parts between seams are merged apart with the same result, so a sentencepiece-style text,
/// which is one piece, is still cut into words that a cache can hold.
/// </summary>
internal sealed class BpeSeams
{
    private readonly HashSet<uint> _pairs = [];
    private readonly System.Collections.BitArray _singles = new(0x10000);

    public BpeSeams(IEnumerable<string> tokens)
    {
        foreach (var token in tokens)
        {
            if (token.Length == 1 && !char.IsSurrogate(token[0]))
            {
                _singles[token[0]] = true;
            }

            for (var i = 0; i + 1 < token.Length; i++)
            {
                _pairs.Add((uint)token[i] << 16 | token[i + 1]);
            }
        }
    }

    /// <summary>The first seam after <paramref name="start"/>, or the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Next(ReadOnlySpan<char> piece, int start)
    {
        for (var at = start + 1; at < piece.Length; at++)
        {
            var (left, right) = (piece[at - 1], piece[at]);
            if (_singles[left] && _singles[right] && !_pairs.Contains((uint)left << 16 | right))
            {
                return at;
            }
        }

        return piece.Length;
    }
}
