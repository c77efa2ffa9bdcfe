using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>A place in a template's text → its place in the document.</summary>
internal static class TemplatePlaces
{
    /// <summary>
    /// The place in the document. Exact in block scalars and on one line; in texts that YAML folds, the value's start.
    /// </summary>
    /// <param name="documentText">The document's text.</param>
    /// <param name="scalar">The value.</param>
    /// <param name="line">1-based line in the value.</param>
    /// <param name="column">1-based column in the value.</param>
    /// <param name="length">Columns to underline.</param>
    public static SourceSpan Of(string documentText, ScalarNode scalar, int line, int column, int length)
    {
        var lines = documentText.Split('\n');
        var span = scalar.Span;
        if (span.Line > lines.Length || span.File.StartsWith("--", StringComparison.Ordinal))
        {
            return span;
        }

        var first = lines[span.Line - 1].TrimEnd('\r');
        var start = AfterProperties(first, Math.Min(span.Column - 1, first.Length));
        span = span with { Column = start + 1 };
        return first.AsSpan(start) switch
        {
            ['|', ..] => Block(lines, span, line, column, length),
            ['>', ..] => span with { Length = 1 },
            ['"', ..] => Quoted(first, span, line, column, length, '\\'),
            ['\'', ..] => Quoted(first, span, line, column, length, '\''),
            _ => line == 1 && !scalar.Text.Contains('\n')
                ? span with
                {
                    Column = span.Column + column - 1,
                    Length = length,
                }
                : span,
        };
    }

    // An anchor or a tag stands before the value: &ask "...".
    private static int AfterProperties(string line, int start)
    {
        while (start < line.Length && (line[start] is '&' or '!'))
        {
            var end = line.IndexOf(' ', start);
            start = end < 0 ? line.Length : end;
            while (start < line.Length && line[start] == ' ')
            {
                start++;
            }
        }

        return start;
    }

    private static SourceSpan Block(string[] lines, SourceSpan span, int line, int column, int length)
    {
        var first = span.Line;
        while (first < lines.Length && string.IsNullOrWhiteSpace(lines[first]))
        {
            first++;
        }

        if (first >= lines.Length)
        {
            return span;
        }

        var indent = lines[first].Length - lines[first].TrimStart(' ').Length;
        return span with { Line = span.Line + line, Column = indent + column, Length = length };
    }

    // Walks the raw text beside the value: an escape is one character of the value, several of the document.
    private static SourceSpan Quoted(string raw, SourceSpan span, int line, int column, int length, char escape)
    {
        var (atLine, atColumn) = (1, 1);
        for (var i = span.Column; i < raw.Length; i++)
        {
            if (atLine == line && atColumn == column)
            {
                return span with { Column = i + 1, Length = Math.Min(length, raw.Length - i) };
            }

            var newLine = false;
            if (raw[i] == escape && i + 1 < raw.Length && (escape == '\\' || raw[i + 1] == '\''))
            {
                newLine = escape == '\\' && raw[i + 1] == 'n';
                i += escape != '\\' ? 1 : 1 + EscapeDigits(raw[i + 1]);
            }

            (atLine, atColumn) = newLine ? (atLine + 1, 1) : (atLine, atColumn + 1);
        }

        return span;
    }

    private static int EscapeDigits(char kind) =>
        kind switch
        {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
}
