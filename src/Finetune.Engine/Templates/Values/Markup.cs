using System.Text;

namespace Finetune.Engine.Templates.Values;

/// <summary>A text that is HTML already: what is joined to it is escaped.</summary>
internal sealed class Markup(string text)
{
    public string Text => text;

    public static Markup Escape(object value) =>
        value is Markup markup ? markup : new Markup(Escaped(Printing.Str(value)));

    public static string Escaped(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0)
        {
            return text;
        }

        Meter.Allocate(text.Length);
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '\'' => escaped.Append("&#39;"),
                '"' => escaped.Append("&#34;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }
}
