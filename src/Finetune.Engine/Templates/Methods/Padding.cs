using System.Text;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>center, ljust, rjust, zfill, expandtabs.</summary>
internal static class Padding
{
    public static string Left(string text, int width, string fill) => text + Fill(fill, width - Points.Count(text));

    public static string Right(string text, int width, string fill) => Fill(fill, width - Points.Count(text)) + text;

    public static string Center(string text, int width, string fill)
    {
        var missing = Math.Max(0, width - Points.Count(text));
        var left = (missing / 2) + (missing & width & 1);
        return Fill(fill, left) + text + Fill(fill, missing - left);
    }

    public static string Zeros(string text, int width)
    {
        var zeros = Fill("0", width - Points.Count(text));
        return text.Length > 0 && text[0] is '+' or '-' ? text[..1] + zeros + text[1..] : zeros + text;
    }

    public static string Tabs(string text, int size)
    {
        var made = new StringBuilder();
        var column = 0;
        foreach (var one in Points.Split(text))
        {
            if (one == "\t")
            {
                var spaces = size > 0 ? size - (column % size) : 0;
                made.Append(Fill(" ", spaces));
                column += spaces;
                continue;
            }

            made.Append(one);
            column = one is "\n" or "\r" ? 0 : column + 1;
        }

        return made.ToString();
    }

    private static string Fill(string fill, int count)
    {
        if (Points.Count(fill) != 1)
        {
            throw JinjaException.Type("The fill character must be exactly one character long");
        }

        if (count <= 0)
        {
            return "";
        }

        Meter.Allocate(count);
        return string.Concat(Enumerable.Repeat(fill, count));
    }
}
