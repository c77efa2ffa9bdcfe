using System.Globalization;
using System.Text;

namespace Finetune.Engine.Metrics.Texts;

/// <summary>sacreBLEU's tokenizers that need no model and no dictionary (sacrebleu/tokenizers, version 2.6).</summary>
internal static class BleuTokenizers
{
    private static readonly (string Name, Func<string, List<string>> Split)[] All =
    [
        ("13a", Mteval13a),
        ("intl", International),
        ("char", Characters),
        ("zh", Chinese),
        ("none", PythonText.Split),
    ];

    // tokenizer_zh.py. Two of its ranges are written with five hexadecimal digits after \u, which Python reads as four
    // and a digit more, so that they mean other characters; scores depend on it, and they are kept as it reads them.
    private static readonly (int First, int Last)[] ChineseRanges =
    [
        (0x3400, 0x4DB5),
        (0x4E00, 0x9FBB),
        (0xF900, 0xFA2D),
        (0xFA30, 0xFA6A),
        (0xFA70, 0xFAD9),
        (0x2001, 0x2A6D),
        (0x2F81, 0x2FA1),
        (0xFF00, 0xFFEF),
        (0x2E80, 0x2EFF),
        (0x3000, 0x303F),
        (0x31C0, 0x31EF),
        (0x2F00, 0x2FDF),
        (0x2FF0, 0x2FFF),
        (0x3100, 0x312F),
        (0x31A0, 0x31BF),
        (0xFE10, 0xFE1F),
        (0xFE30, 0xFE4F),
        (0x3200, 0x33FF),
    ];

    /// <summary>Names, the default first.</summary>
    public static IEnumerable<string> Names => All.Select(one => one.Name);

    /// <summary>The tokenizer of that name, or null.</summary>
    public static Func<string, List<string>>? Find(string name) =>
        All.FirstOrDefault(one => string.Equals(one.Name, name, StringComparison.Ordinal)).Split;

    private static List<string> Mteval13a(string text)
    {
        text = text.Replace("<skipped>", "", StringComparison.Ordinal)
            .Replace("-\n", "", StringComparison.Ordinal)
            .Replace('\n', ' ');
        return Western($" {WesternSplitting.Unescape(text)} ");
    }

    private static List<string> Western(string text) =>
        PythonText.Split(WesternSplitting.Numbers(WesternSplitting.Signs(text)));

    private static List<string> Characters(string text) =>
        [.. text.EnumerateRunes().Where(rune => !PythonText.IsSpace(rune.Value)).Select(rune => rune.ToString())];

    private static List<string> Chinese(string text)
    {
        var spaced = new StringBuilder(text.Length * 3);
        foreach (var rune in PythonText.Trim(text).EnumerateRunes())
        {
            var isChinese = ChineseRanges.Any(range => range.First <= rune.Value && rune.Value <= range.Last);
            spaced.Append(isChinese ? $" {rune} " : rune.ToString());
        }

        return Western(spaced.ToString());
    }

    // mteval-v14.pl, by code points: (\P{N})(\p{P}), (\p{P})(\P{N}), (\p{S}).
    private static List<string> International(string text)
    {
        var points = Pairs(PythonText.Points(text), p => !IsNumber(p), IsPunctuation, [-2, ' ', -1, ' ']);
        points = Pairs(points, IsPunctuation, p => !IsNumber(p), [' ', -2, ' ', -1]);
        var split = new StringBuilder(points.Count * 2);
        foreach (var point in points)
        {
            split.Append(IsSymbol(point) ? $" {new Rune(point)} " : new Rune(point).ToString());
        }

        return PythonText.Split(split.ToString());
    }

    // -2 and -1 in the replacement stand for the first and the second of the pair.
    private static List<int> Pairs(
        IReadOnlyList<int> points,
        Func<int, bool> first,
        Func<int, bool> second,
        int[] replacement
    )
    {
        var split = new List<int>(points.Count * 2);
        for (var i = 0; i < points.Count; i++)
        {
            if (i + 1 < points.Count && first(points[i]) && second(points[i + 1]))
            {
                var (left, right) = (points[i], points[i + 1]);
                split.AddRange(
                    replacement.Select(r =>
                        r == -2 ? left
                        : r == -1 ? right
                        : r
                    )
                );
                i++;
            }
            else
            {
                split.Add(points[i]);
            }
        }

        return split;
    }

    private static bool IsNumber(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point)
            is UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.LetterNumber
                or UnicodeCategory.OtherNumber;

    private static bool IsPunctuation(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point)
            is >= UnicodeCategory.ConnectorPunctuation
                and <= UnicodeCategory.OtherPunctuation;

    private static bool IsSymbol(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point) is >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol;
}
