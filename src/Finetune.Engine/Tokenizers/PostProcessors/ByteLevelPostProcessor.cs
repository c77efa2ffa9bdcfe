using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.PostProcessors;

/// <summary>Moves offsets past the spaces of a token, where asked (tokenizers' process_offsets).</summary>
internal sealed class ByteLevelPostProcessor(bool trimOffsets, bool addPrefixSpace) : IPostProcessor
{
    public List<List<PlacedToken>> Apply(List<List<PlacedToken>> parts, bool addSpecialTokens)
    {
        if (!trimOffsets)
        {
            return parts;
        }

        return [.. parts.Select(part => part.Select(Trim).ToList())];
    }

    private PlacedToken Trim(PlacedToken token, int index)
    {
        var runes = token.Token.EnumerateRunes().ToList();
        var leading = runes.TakeWhile(IsSpace).Count();
        var trailing = Enumerable.Reverse(runes).TakeWhile(IsSpace).Count();
        var (start, end) = (token.Start, token.End);
        if (leading > 0)
        {
            // One space at the front may be the one that add_prefix_space put there: it has no place to skip.
            var added = addPrefixSpace && leading == 1 && (index == 0 || start == 0);
            start = Math.Min(start + (added ? 0 : leading), end);
        }

        if (trailing > 0 && end >= trailing)
        {
            end = Math.Max(end - trailing, start);
        }

        return token with
        {
            Start = start,
            End = end,
        };
    }

    private static bool IsSpace(Rune rune) =>
        rune.Value == ByteAlphabet.CharOf((byte)' ') || UnicodeSets.Space.Contains(rune.Value);
}
