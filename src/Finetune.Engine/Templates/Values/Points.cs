using System.Text;

namespace Finetune.Engine.Templates.Values;

/// <summary>Texts as Python sees them: by code points.</summary>
internal static class Points
{
    public static bool IsPlain(string text) => !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');

    public static int Count(string text) => Count(text.AsSpan());

    public static int Count(ReadOnlySpan<char> text)
    {
        var count = text.Length;
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDBFF'); at >= 0 && at + 1 < text.Length; at++)
        {
            if (char.IsHighSurrogate(text[at]) && char.IsLowSurrogate(text[at + 1]))
            {
                count--;
            }
        }

        return count;
    }

    /// <summary>Its characters, each a text.</summary>
    public static IEnumerable<string> Split(string text)
    {
        for (var at = 0; at < text.Length; )
        {
            var size = Size(text, at);
            yield return text.Substring(at, size);
            at += size;
        }
    }

    /// <summary>UTF-16 units of the character there.</summary>
    public static int Size(string text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    /// <summary>Where in UTF-16 units that code point begins.</summary>
    public static int Unit(string text, int point)
    {
        if (IsPlain(text))
        {
            return Math.Min(point, text.Length);
        }

        var at = 0;
        for (; point > 0 && at < text.Length; point--)
        {
            at += Size(text, at);
        }

        return at;
    }

    /// <summary>The code points from one to before another, both within the text.</summary>
    public static string Slice(string text, int first, int last)
    {
        if (IsPlain(text))
        {
            return text[first..last];
        }

        var start = Unit(text, first);
        var end = start;
        for (var left = last - first; left > 0; left--)
        {
            end += Size(text, end);
        }

        return text[start..end];
    }

    /// <summary>Maps each character that is one.</summary>
    public static string Map(string text, Func<Rune, string> map)
    {
        Meter.Allocate(text.Length);
        var mapped = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; )
        {
            if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                mapped.Append(map(rune));
                at += rune.Utf16SequenceLength;
            }
            else
            {
                mapped.Append(text[at++]);
            }
        }

        return mapped.ToString();
    }

    /// <summary>Whether Python's str.isspace holds for it.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';
}
