using System.Text;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>Upper, lower and title case, with the letters that become several.</summary>
internal static class Casing
{
    private static readonly Dictionary<int, string> Upper = new()
    {
        [0xDF] = "SS",
        [0x149] = "\u02BCN",
        [0x1F0] = "J\u030C",
        [0x390] = "\u0399\u0308\u0301",
        [0x3B0] = "\u03A5\u0308\u0301",
        [0x587] = "\u0535\u0552",
        [0x1E96] = "H\u0331",
        [0x1E97] = "T\u0308",
        [0x1E98] = "W\u030A",
        [0x1E99] = "Y\u030A",
        [0x1E9A] = "A\u02BE",
        [0xFB00] = "FF",
        [0xFB01] = "FI",
        [0xFB02] = "FL",
        [0xFB03] = "FFI",
        [0xFB04] = "FFL",
        [0xFB05] = "ST",
        [0xFB06] = "ST",
    };

    // Letters that have a title case of their own, which stands in the middle of each three.
    private const string Digraphs = "\u01C4\u01C5\u01C6\u01C7\u01C8\u01C9\u01CA\u01CB\u01CC\u01F1\u01F2\u01F3";

    public static string ToUpper(string text) => Points.Map(text, UpperOf);

    public static string ToLower(string text)
    {
        var lower = Points.Map(text, LowerOf);
        return lower.Contains('σ', StringComparison.Ordinal) ? FinalSigmas(text, lower) : lower;
    }

    public static string Capitalize(string text)
    {
        var first = text.Length == 0 ? 0 : Points.Size(text, 0);
        return TitleOf(text[..first]) + ToLower(text)[ToLower(text[..first]).Length..];
    }

    /// <summary>str.title: a capital after everything that is no letter.</summary>
    public static string Title(string text)
    {
        var isInWord = false;
        var title = Points.Map(
            text,
            rune =>
            {
                var shown = isInWord ? LowerOf(rune) : TitleOf(rune.ToString());
                isInWord = IsCased(rune);
                return shown;
            }
        );
        return FinalSigmas(text, title);
    }

    public static string Swap(string text) =>
        FinalSigmas(text, Points.Map(text, rune => Rune.IsUpper(rune) ? LowerOf(rune) : UpperOf(rune)));

    public static bool IsCased(Rune rune) => Rune.IsUpper(rune) || Rune.IsLower(rune) || IsTitle(rune);

    public static bool IsTitle(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.TitlecaseLetter;

    private static string UpperOf(Rune rune) =>
        Upper.TryGetValue(rune.Value, out var several) ? several : Rune.ToUpperInvariant(rune).ToString();

    private static string LowerOf(Rune rune) =>
        rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString();

    private static string TitleOf(string letter)
    {
        if (letter.Length == 1 && Digraphs.IndexOf(letter[0], StringComparison.Ordinal) is >= 0 and var at)
        {
            return Digraphs.Substring((at / 3 * 3) + 1, 1);
        }

        var upper = ToUpper(letter);
        return upper.Length > 1 && !char.IsSurrogate(upper[0]) ? upper[..1] + ToLower(upper[1..]) : upper;
    }

    // A capital sigma at the end of a word becomes the final one.
    private static string FinalSigmas(string text, string lower)
    {
        if (text.Length != lower.Length)
        {
            return lower;
        }

        var letters = lower.ToCharArray();
        for (var at = 0; at < text.Length; at++)
        {
            if (
                text[at] == 'Σ'
                && letters[at] == 'σ'
                && at > 0
                && char.IsLetter(text[at - 1])
                && (at + 1 == text.Length || !char.IsLetter(text[at + 1]))
            )
            {
                letters[at] = 'ς';
            }
        }

        return new string(letters);
    }
}
