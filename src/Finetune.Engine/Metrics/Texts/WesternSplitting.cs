using System.Text;

namespace Finetune.Engine.Metrics.Texts;

/// <summary>
/// The part of mteval-v13a.pl that splits ASCII punctuation off words; sacreBLEU's 13a and zh tokenizers and tercom's
/// share it.
/// </summary>
internal static class WesternSplitting
{
    /// <summary>Blanks around every ASCII sign but <c>' , - .</c>.</summary>
    public static string Signs(string text)
    {
        var split = new StringBuilder(text.Length * 2);
        foreach (var c in text)
        {
            if (
                c
                is >= ' '
                    and <= '&'
                    or >= '('
                    and <= '+'
                    or '/'
                    or >= ':'
                    and <= '@'
                    or >= '['
                    and <= '`'
                    or >= '{'
                    and <= '~'
            )
            {
                split.Append(' ').Append(c).Append(' ');
            }
            else
            {
                split.Append(c);
            }
        }

        return split.ToString();
    }

    /// <summary>Full stops and commas stay only between digits; a hyphen parts from a digit before it.</summary>
    public static string Numbers(string text)
    {
        text = Pairs(text, c => !char.IsAsciiDigit(c), IsPoint, (a, b) => $"{a} {b} ");
        text = Pairs(text, IsPoint, c => !char.IsAsciiDigit(c), (a, b) => $" {a} {b}");
        return Pairs(text, char.IsAsciiDigit, c => c == '-', (a, b) => $"{a} {b} ");
    }

    /// <summary>The four entities that mteval unescapes, one after the other.</summary>
    public static string Unescape(string text) =>
        text.Contains('&', StringComparison.Ordinal)
            ? text.Replace("&quot;", "\"", StringComparison.Ordinal)
                .Replace("&amp;", "&", StringComparison.Ordinal)
                .Replace("&lt;", "<", StringComparison.Ordinal)
                .Replace("&gt;", ">", StringComparison.Ordinal)
            : text;

    private static bool IsPoint(char c) => c is '.' or ',';

    // What re.sub does with a pattern of two characters: matches do not overlap.
    private static string Pairs(
        string text,
        Func<char, bool> first,
        Func<char, bool> second,
        Func<char, char, string> put
    )
    {
        var split = new StringBuilder(text.Length * 2);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && first(text[i]) && second(text[i + 1]))
            {
                split.Append(put(text[i], text[i + 1]));
                i++;
            }
            else
            {
                split.Append(text[i]);
            }
        }

        return split.ToString();
    }
}
