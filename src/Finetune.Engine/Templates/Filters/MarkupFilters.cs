using System.Text;
using System.Text.RegularExpressions;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Filters for HTML and URLs.</summary>
internal static partial class MarkupFilters
{
    public static void Add(AddFilter add)
    {
        add("e", "s /", call => Markup.Escape(call[0]!));
        add("escape", "s /", call => Markup.Escape(call[0]!));
        add("forceescape", "value", call => new Markup(Markup.Escaped(Printing.Str(call[0]!))));
        add("safe", "value", call => new Markup(Printing.Str(call[0]!)));
        add("striptags", "value", call => StripTags(Printing.Str(call[0]!)));
        add("urlencode", "value", call => UrlEncode(call[0]!));
        add("xmlattr", "d autospace?", XmlAttributes);
        add("urlize", "value trim_url_limit? nofollow? target? rel? extra_schemes?", Urlize.Filter);
    }

    private static string StripTags(string text)
    {
        Meter.Allocate(text.Length);
        var plain = Tag().Replace(Comment().Replace(text, ""), "");
        return System.Net.WebUtility.HtmlDecode(
            string.Join(' ', plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        );
    }

    private static string UrlEncode(object value)
    {
        if (value is string or Markup || !Iteration.IsIterable(value))
        {
            return Quoted(Printing.Str(value), isQuery: false);
        }

        var pairs = value is PyDict dict ? new DictView("dict_items", dict).Items : Iteration.Over(value);
        return string.Join(
            '&',
            pairs.Select(pair =>
                Iteration.Over(pair).ToList() is [var key, var item]
                    ? $"{Quoted(Printing.Str(key), true)}={Quoted(Printing.Str(item), true)}"
                    : throw JinjaException.Value("not enough values to unpack (expected 2)")
            )
        );
    }

    private static string Quoted(string text, bool isQuery)
    {
        Meter.Allocate(3L * text.Length);
        var quoted = new StringBuilder();
        foreach (var one in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)one;
            _ =
                char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || (c == '/' && !isQuery)
                    ? quoted.Append(c)
                : c == ' ' && isQuery ? quoted.Append('+')
                : quoted.Append('%').Append(one.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return quoted.ToString();
    }

    private static string XmlAttributes(Bound call)
    {
        var dict = call[0] as PyDict ?? throw new JinjaException("AttributeError", "xmlattr wants a mapping");
        var attributes = new List<string>();
        foreach (var (key, value) in dict.Pairs.Where(pair => pair.Value is not (None or Undefined)))
        {
            var name = Printing.Str(key);
            if (name.Any(c => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v' or '/' or '>' or '='))
            {
                throw JinjaException.Value($"Invalid character in attribute name: {Quoting.Repr(name)}");
            }

            attributes.Add($"{Markup.Escape(key).Text}=\"{Markup.Escape(value).Text}\"");
        }

        var joined = string.Join(' ', attributes);
        return call.Flag(1, true) && joined.Length > 0 ? " " + joined : joined;
    }

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("<.*?>", RegexOptions.Singleline)]
    private static partial Regex Tag();
}
