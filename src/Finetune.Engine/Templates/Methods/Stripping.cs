using System.Text;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>strip and its kin.</summary>
internal static class Stripping
{
    public static string Strip(string text, object? characters, bool start, bool end)
    {
        var set = characters switch
        {
            null or None => null,
            _ => Kinds.Text(characters)
                ?? throw JinjaException.Type($"strip arg must be None or str, not {Kinds.Name(characters)}"),
        };
        Meter.Look(text.Length);
        var (first, last) = (0, text.Length);
        while (start && first < last && Size(text, first, set) is > 0 and var size)
        {
            first += size;
        }

        while (end && first < last)
        {
            var at = last - 1;
            at -= at > first && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]) ? 1 : 0;
            if (Size(text, at, set) == 0)
            {
                break;
            }

            last = at;
        }

        return text[first..last];
    }

    private static int Size(string text, int at, string? set)
    {
        var size = Points.Size(text, at);
        var isIn = set is null
            ? Points.IsSpace(text[at])
            : set.Contains(text.Substring(at, size), StringComparison.Ordinal);
        return isIn ? size : 0;
    }
}

/// <summary>is... of str.</summary>
internal static class Characters
{
    public static readonly IReadOnlyList<(string Name, Func<string, object> Test)> Tests =
    [
        ("isspace", text => text.Length > 0 && text.All(Points.IsSpace)),
        ("isalpha", text => All(text, Rune.IsLetter)),
        ("isdigit", text => All(text, rune => Rune.IsDigit(rune) || IsSuperscript(rune))),
        ("isdecimal", text => All(text, Rune.IsDigit)),
        ("isnumeric", text => All(text, Rune.IsNumber)),
        ("isalnum", text => All(text, rune => Rune.IsLetter(rune) || Rune.IsNumber(rune))),
        ("isascii", text => text.All(char.IsAscii)),
        ("isprintable", text => text.Length == 0 || All(text, Quoting.IsPrintable)),
        ("isidentifier", text => IsIdentifier(text)),
        ("isupper", text => HasCase(text, Rune.IsUpper)),
        ("islower", text => HasCase(text, Rune.IsLower)),
        ("istitle", text => text.EnumerateRunes().Any(Casing.IsCased) && Casing.Title(text) == text),
    ];

    public static bool HasCase(string text, Func<Rune, bool> wanted)
    {
        Meter.Look(text.Length);
        var cased = text.EnumerateRunes().Where(Casing.IsCased);
        return cased.Any() && cased.All(wanted);
    }

    private static bool All(string text, Func<Rune, bool> test) => text.Length > 0 && text.EnumerateRunes().All(test);

    private static bool IsIdentifier(string text) =>
        text.Length > 0 && !char.IsDigit(text[0]) && All(text, rune => Rune.IsLetterOrDigit(rune) || rune.Value == '_');

    private static bool IsSuperscript(Rune rune) =>
        rune.Value is 0xB2 or 0xB3 or 0xB9 or 0x2070 or (>= 0x2074 and <= 0x2079) or (>= 0x2080 and <= 0x2089);
}
