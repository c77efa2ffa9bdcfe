using System.Text;
using System.Text.RegularExpressions;
using Finetune.Engine.Templates.Methods;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>wordwrap: lines of at most so many characters, each line of the text on its own.</summary>
internal static partial class WordWrap
{
    public static object Filter(Bound call)
    {
        var text = Printing.Str(call[0]!);
        var width = call.Int(1, 79);
        if (width <= 0)
        {
            throw JinjaException.Value($"invalid width {width} (must be > 0)");
        }

        var between = call.Text(3, "\n");
        Meter.Allocate(2L * text.Length);
        return string.Join(
            between,
            Splitting
                .Lines(text, keepsEnds: false)
                .Select(line => string.Join(between, Wrapped(line, width, call.Flag(2, true), call.Flag(4, true))))
        );
    }

    private static List<string> Wrapped(string line, int width, bool breaksWords, bool breaksHyphens)
    {
        var chunks = (breaksHyphens ? WithHyphens() : Plain()).Matches(line).Select(match => match.Value).ToList();
        chunks.Reverse();
        var lines = new List<string>();
        while (chunks.Count > 0)
        {
            if (lines.Count > 0 && string.IsNullOrWhiteSpace(chunks[^1]))
            {
                chunks.RemoveAt(chunks.Count - 1);
            }

            var current = new StringBuilder();
            while (chunks.Count > 0 && current.Length + chunks[^1].Length <= width)
            {
                current.Append(chunks[^1]);
                chunks.RemoveAt(chunks.Count - 1);
            }

            if (chunks.Count > 0 && chunks[^1].Length > width)
            {
                if (breaksWords)
                {
                    var room = Math.Max(1, width - current.Length);
                    current.Append(chunks[^1], 0, room);
                    chunks[^1] = chunks[^1][room..];
                }
                else if (current.Length == 0)
                {
                    current.Append(chunks[^1]);
                    chunks.RemoveAt(chunks.Count - 1);
                }
            }

            var made = current.ToString();
            var trimmed = LastBlank().Replace(made, "");
            if (trimmed.Length > 0 || made.Length > 0 && trimmed.Length > 0)
            {
                lines.Add(trimmed);
            }

            Meter.Look(width);
        }

        return lines;
    }

    [GeneratedRegex(@"\s+|[^\s-]*[^\W\d_]-(?=[^\W\d_]{2})|\S+?(?:-(?=[^\W\d_]{2})|(?=\s|$))")]
    private static partial Regex WithHyphens();

    [GeneratedRegex(@"\s+|\S+")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\s+$")]
    private static partial Regex LastBlank();
}
