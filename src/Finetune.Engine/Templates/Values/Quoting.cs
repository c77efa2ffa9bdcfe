using System.Globalization;
using System.Text;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's repr() of a text.</summary>
internal static class Quoting
{
    public static string Repr(string text)
    {
        var quote =
            text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        for (var at = 0; at < text.Length; )
        {
            if (!Rune.TryGetRuneAt(text, at, out var rune))
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at++]:x4}");
                continue;
            }

            at += rune.Utf16SequenceLength;
            _ = rune.Value switch
            {
                '\\' => quoted.Append(@"\\"),
                '\n' => quoted.Append(@"\n"),
                '\r' => quoted.Append(@"\r"),
                '\t' => quoted.Append(@"\t"),
                _ when rune.Value == quote => quoted.Append('\\').Append(quote),
                _ when IsPrintable(rune) => quoted.Append(rune.ToString()),
                < 0x100 => quoted.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                < 0x10000 => quoted.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return quoted.Append(quote).ToString();
    }

    public static bool IsPrintable(Rune rune) =>
        rune.Value == ' '
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.SpaceSeparator
            );
}
