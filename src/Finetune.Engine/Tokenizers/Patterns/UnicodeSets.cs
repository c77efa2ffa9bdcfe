using System.Globalization;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>The Unicode properties that tokenizers' patterns name, with Oniguruma's meaning.</summary>
internal static class UnicodeSets
{
    /// <summary>White_Space: has U+0085, has not U+200B, U+180E, U+001C..U+001F.</summary>
    public static readonly CodePointSet Space = CodePointSet.Ranges(
        (0x9, 0xD),
        (0x20, 0x20),
        (0x85, 0x85),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000)
    );

    private static readonly string[] Short =
    [
        "lu",
        "ll",
        "lt",
        "lm",
        "lo",
        "mn",
        "mc",
        "me",
        "nd",
        "nl",
        "no",
        "zs",
        "zl",
        "zp",
        "cc",
        "cf",
        "cs",
        "co",
        "pc",
        "pd",
        "ps",
        "pe",
        "pi",
        "pf",
        "po",
        "sm",
        "sc",
        "sk",
        "so",
        "cn",
    ];

    private static readonly Dictionary<string, string> Long = new(StringComparer.Ordinal)
    {
        ["letter"] = "l",
        ["mark"] = "m",
        ["combiningmark"] = "m",
        ["number"] = "n",
        ["separator"] = "z",
        ["other"] = "c",
        ["punctuation"] = "p",
        ["punct"] = "p",
        ["symbol"] = "s",
        ["uppercaseletter"] = "lu",
        ["lowercaseletter"] = "ll",
        ["titlecaseletter"] = "lt",
        ["modifierletter"] = "lm",
        ["otherletter"] = "lo",
        ["nonspacingmark"] = "mn",
        ["spacingmark"] = "mc",
        ["enclosingmark"] = "me",
        ["decimalnumber"] = "nd",
        ["letternumber"] = "nl",
        ["othernumber"] = "no",
        ["spaceseparator"] = "zs",
        ["lineseparator"] = "zl",
        ["paragraphseparator"] = "zp",
        ["control"] = "cc",
        ["format"] = "cf",
        ["surrogate"] = "cs",
        ["privateuse"] = "co",
        ["connectorpunctuation"] = "pc",
        ["dashpunctuation"] = "pd",
        ["openpunctuation"] = "ps",
        ["closepunctuation"] = "pe",
        ["initialpunctuation"] = "pi",
        ["finalpunctuation"] = "pf",
        ["otherpunctuation"] = "po",
        ["mathsymbol"] = "sm",
        ["currencysymbol"] = "sc",
        ["modifiersymbol"] = "sk",
        ["othersymbol"] = "so",
        ["unassigned"] = "cn",
    };

    private static readonly Lazy<CodePointSet[]> Categories = new(Scan);

    public static CodePointSet Digit => Category("nd");

    /// <summary>Alphabetic, marks, decimal digits and connectors, as Oniguruma's \w.</summary>
    public static CodePointSet Word { get; } = Alphabetic().Or(Category("m")).Or(Category("nd")).Or(Category("pc"));

    /// <summary>A general category by its short name, or by its first letter; lower case.</summary>
    public static CodePointSet Category(string name)
    {
        var set = CodePointSet.Empty;
        for (var i = 0; i < Short.Length; i++)
        {
            if (Short[i] == name || (name.Length == 1 && Short[i][0] == name[0]))
            {
                set = set.Or(Categories.Value[i]);
            }
        }

        return set;
    }

    /// <summary>The set that <c>\p{name}</c> means, or null where the name is not known.</summary>
    public static CodePointSet? Property(string name)
    {
        var key = new string([.. name.Where(c => c is not (' ' or '_' or '-'))]).ToLowerInvariant();
        if (Long.TryGetValue(key, out var category))
        {
            key = category;
        }

        return key switch
        {
            "any" => CodePointSet.All,
            "ascii" => CodePointSet.Range(0, 0x7F),
            "assigned" => Category("cn").Not(),
            "lc" or "l&" => Category("lu").Or(Category("ll")).Or(Category("lt")),
            "alpha" or "alphabetic" => Alphabetic(),
            "alnum" => Alphabetic().Or(Digit),
            "space" or "whitespace" => Space,
            "digit" => Digit,
            "word" => Word,
            "upper" or "uppercase" => Category("lu").Or(CodePointSet.Ranges((0x2160, 0x216F), (0x24B6, 0x24CF))),
            "lower" or "lowercase" => Category("ll")
                .Or(CodePointSet.Ranges((0xAA, 0xAA), (0xBA, 0xBA), (0x2170, 0x217F), (0x24D0, 0x24E9))),
            "cntrl" => Category("cc"),
            "blank" => Category("zs").Or(CodePointSet.Of(9)),
            "xdigit" => CodePointSet.Ranges((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
            "graph" => Space.Or(Category("cc")).Or(Category("cn")).Or(Category("cs")).Not(),
            "print" => Space.Or(Category("cc")).Or(Category("cn")).Or(Category("cs")).Not().Or(Category("zs")),
            _ => key.Length == 1 && "lmnzcps".Contains(key[0]) || Short.Contains(key, StringComparer.Ordinal)
                ? Category(key)
                : null,
        };
    }

    /// <summary>Letters, letter numbers, and the symbols and marks of Other_Alphabetic that are not marks alone.</summary>
    private static CodePointSet Alphabetic() =>
        Category("l")
            .Or(Category("nl"))
            .Or(CodePointSet.Ranges((0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)));

    private static CodePointSet[] Scan()
    {
        var ranges = new List<(int, int)>[Short.Length];
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = [];
        }

        var (first, current) = (0, (int)CharUnicodeInfo.GetUnicodeCategory(0));
        for (var point = 1; point <= CodePointSet.Limit; point++)
        {
            var next = point == CodePointSet.Limit ? -1 : (int)CharUnicodeInfo.GetUnicodeCategory(point);
            if (next != current)
            {
                ranges[current].Add((first, point - 1));
                (first, current) = (point, next);
            }
        }

        return [.. ranges.Select(list => CodePointSet.Ranges([.. list]))];
    }
}
