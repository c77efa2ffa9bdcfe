using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Finetune.Stages.Report.Html;

/// <summary>Builds <see cref="Markup"/> from an interpolated string. Attribute values stand in double quotes.</summary>
[InterpolatedStringHandler]
internal readonly ref struct MarkupBuilder
{
    private readonly StringBuilder _text;

    public MarkupBuilder(int literalLength, int formattedCount) =>
        _text = new StringBuilder(literalLength + 16 * formattedCount);

    public void AppendLiteral(string html) => _text.Append(html);

    public void AppendFormatted(string? text)
    {
        foreach (var c in text ?? "")
        {
            _ = c switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                // No control characters in HTML but white space; what one reads instead says that there was one.
                < ' ' and not '\n' and not '\t' => _text.Append((char)(c + 0x2400)),
                _ => _text.Append(c),
            };
        }
    }

    public void AppendFormatted(Markup markup) => _text.Append(markup.ToString());

    public void AppendFormatted(IEnumerable<Markup> parts)
    {
        foreach (var part in parts)
        {
            _text.Append(part.ToString());
        }
    }

    public void AppendFormatted(long number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A coordinate: two decimals are a fiftieth of a pixel.</summary>
    public void AppendFormatted(double number) =>
        _text.Append(Math.Round(number, 2).ToString("0.##", CultureInfo.InvariantCulture));

    public override string ToString() => _text.ToString();
}
