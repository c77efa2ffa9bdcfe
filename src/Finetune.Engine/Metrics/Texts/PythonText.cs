using System.Globalization;
using System.Text;

namespace Finetune.Engine.Metrics.Texts;

/// <summary>Texts as Python sees them: the reference implementations are defined by its str methods.</summary>
internal static class PythonText
{
    private const int CapitalSigma = 0x3A3;

    /// <summary>str.isspace of one character; all white space lies in the basic plane.</summary>
    public static bool IsSpace(int point) =>
        point is >= 0x1C and <= 0x1F || (point <= char.MaxValue && char.IsWhiteSpace((char)point));

    /// <summary>str.split without arguments.</summary>
    public static List<string> Split(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isBreak = i == text.Length || IsSpace(text[i]);
            if (isBreak && start >= 0)
            {
                words.Add(text[start..i]);
                start = -1;
            }
            else if (!isBreak && start < 0)
            {
                start = i;
            }
        }

        return words;
    }

    /// <summary>str.rstrip without arguments.</summary>
    public static string TrimEnd(string text)
    {
        var end = text.Length;
        while (end > 0 && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }

    /// <summary>str.strip without arguments.</summary>
    public static string Trim(string text)
    {
        var start = 0;
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return TrimEnd(text[start..]);
    }

    /// <summary>The code points of a text.</summary>
    public static int[] Points(string text) => [.. text.EnumerateRunes().Select(rune => rune.Value)];

    /// <summary>str.lower: Unicode's full mapping, with the sigma that ends a word (SpecialCasing.txt).</summary>
    public static string Lower(string text)
    {
        var points = Points(text);
        var lower = new StringBuilder(text.Length);
        for (var i = 0; i < points.Length; i++)
        {
            switch (points[i])
            {
                case 0x130:
                    lower.Append("i\u0307");
                    break;
                case CapitalSigma:
                    lower.Append(IsFinal(points, i) ? 'ς' : 'σ');
                    break;
                default:
                    lower.Append(Rune.ToLowerInvariant(new Rune(points[i])).ToString());
                    break;
            }
        }

        return lower.ToString();
    }

    // A cased letter before it and none after it, marks and apostrophes not counted.
    private static bool IsFinal(int[] points, int at)
    {
        var before = at - 1;
        while (before >= 0 && IsIgnored(points[before]))
        {
            before--;
        }

        var after = at + 1;
        while (after < points.Length && IsIgnored(points[after]))
        {
            after++;
        }

        return before >= 0 && IsCased(points[before]) && (after == points.Length || !IsCased(points[after]));
    }

    private static bool IsCased(int point) =>
        point is 0xAA or 0xBA or >= 0x2160 and <= 0x217F or >= 0x24B6 and <= 0x24E9
        || CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter
                or UnicodeCategory.TitlecaseLetter;

    private static bool IsIgnored(int point) =>
        point is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
        || point is 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A
        || CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.NonSpacingMark
                or UnicodeCategory.EnclosingMark
                or UnicodeCategory.Format
                or UnicodeCategory.ModifierLetter
                or UnicodeCategory.ModifierSymbol;
}
