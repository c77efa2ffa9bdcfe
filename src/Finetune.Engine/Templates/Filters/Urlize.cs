using System.Text.RegularExpressions;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>urlize: addresses in a text become links.</summary>
internal static partial class Urlize
{
    public static object Filter(Bound call)
    {
        var text = Markup.Escape(call[0]!).Text;
        Meter.Allocate(2L * text.Length);
        var rel = call.Text(4)
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Append("noopener")
            .Concat(call.Flag(2) ? ["nofollow"] : [])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        var attributes = $" rel=\"{Markup.Escaped(string.Join(' ', rel))}\"";
        attributes += call.Has(3) ? $" target=\"{Markup.Escaped(call.Text(3))}\"" : "";
        var most = call.Int(1, int.MaxValue);
        return string.Concat(Blanks().Split(text).Select(word => Linked(word, attributes, most)));
    }

    private static string Linked(string word, string attributes, int most)
    {
        var head = Head().Match(word).Value;
        var middle = word[head.Length..];
        var tail = Tail().Match(middle).Value;
        middle = middle[..^tail.Length];
        foreach (var (open, close) in new[] { ("(", ")"), ("<", ">"), ("&lt;", "&gt;") })
        {
            var missing = Count(middle, open) - Count(middle, close);
            for (; missing > 0 && tail.IndexOf(close, StringComparison.Ordinal) is >= 0 and var at; missing--)
            {
                middle += tail[..(at + close.Length)];
                tail = tail[(at + close.Length)..];
            }
        }

        return head + Link(middle, attributes, most) + tail;
    }

    private static string Link(string text, string attributes, int most)
    {
        var shown = text.Length > most ? text[..most] + "..." : text;
        if (Http().IsMatch(text))
        {
            var scheme =
                text.StartsWith("http://", StringComparison.Ordinal)
                || text.StartsWith("https://", StringComparison.Ordinal)
                    ? ""
                    : "https://";
            return $"<a href=\"{scheme}{text}\"{attributes}>{shown}</a>";
        }

        return text.StartsWith("mailto:", StringComparison.Ordinal) && Mail().IsMatch(text[7..])
                ? $"<a href=\"{text}\">{text[7..]}</a>"
            : text.Contains('@', StringComparison.Ordinal)
            && !text.StartsWith("www.", StringComparison.Ordinal)
            && !text.StartsWith('@')
            && !text.Contains(':', StringComparison.Ordinal)
            && Mail().IsMatch(text)
                ? $"<a href=\"mailto:{text}\">{text}</a>"
            : text;
    }

    private static int Count(string text, string part) => System.MemoryExtensions.Count(text.AsSpan(), part.AsSpan());

    [GeneratedRegex(@"(\s+)")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^([(<]|&lt;)+")]
    private static partial Regex Head();

    [GeneratedRegex(@"([)>.,\n]|&gt;)+$", RegexOptions.RightToLeft)]
    private static partial Regex Tail();

    [GeneratedRegex(
        @"^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}])))(?::[\d]{1,5})?(?:[/?#]\S*)?$",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Http();

    [GeneratedRegex(@"^\S+@\w[\w.-]*\.\w+$")]
    private static partial Regex Mail();
}
