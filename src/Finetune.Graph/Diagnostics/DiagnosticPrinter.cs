using System.Globalization;
using System.Text;

namespace Finetune.Graph.Diagnostics;

/// <summary>Writes diagnostics the way compilers do, so that editors and CI systems find the place.</summary>
public static class DiagnosticPrinter
{
    private const int WidestLine = 160;

    /// <summary>
    /// <c>file:line:col: error FT1203: message</c>, then the source line with a caret, the key path and the cure, where
    /// there are any. Lines end with <c>\n</c>, also the last.
    /// </summary>
    /// <param name="d">What to print.</param>
    /// <param name="textOfFile">The text of a span's file, or null where it is not at hand.</param>
    public static string Print(Diagnostic d, Func<string, string?> textOfFile)
    {
        var severity = d.Severity == Severity.Error ? "error" : "warning";
        var text = new StringBuilder();
        if (d.Span is { } span)
        {
            text.Append(CultureInfo.InvariantCulture, $"{span.File}:{span.Line}:{span.Column}: ");
        }

        text.Append(CultureInfo.InvariantCulture, $"{severity} {d.Code}: {d.Message}\n");
        if (d.Span is not null)
        {
            AppendSource(text, d.Span, textOfFile(d.Span.File));
        }

        if (d.KeyPath is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  at: {d.KeyPath}\n");
        }

        if (d.Row is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  row: {d.Row}\n");
        }

        if (d.Cure is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  cure: {d.Cure}\n");
        }

        return text.ToString();
    }

    /// <summary>All of them in order, each as <see cref="Print"/> writes it.</summary>
    public static string PrintAll(IEnumerable<Diagnostic> diagnostics, Func<string, string?> textOfFile) =>
        string.Concat(diagnostics.Select(d => Print(d, textOfFile)));

    private static void AppendSource(StringBuilder text, SourceSpan span, string? source)
    {
        var line = source?.Split('\n').ElementAtOrDefault(span.Line - 1)?.TrimEnd('\r');
        if (string.IsNullOrEmpty(line))
        {
            return;
        }

        var column = Math.Clamp(span.Column - 1, 0, line.Length);
        var cut = column > WidestLine - 40 ? column - 40 : 0;
        var shown = line.Substring(cut, Math.Min(WidestLine, line.Length - cut));
        var caretAt = column - cut;
        var carets = Math.Max(1, Math.Min(span.Length, shown.Length - caretAt));

        // Tabs stay tabs in the padding, or the caret would stand elsewhere than the fault.
        var padding = string.Concat(shown.Take(caretAt).Select(c => c == '\t' ? '\t' : ' '));
        var number = span.Line.ToString(CultureInfo.InvariantCulture);
        var gutter = new string(' ', number.Length);
        text.Append(CultureInfo.InvariantCulture, $"  {number} | {shown}\n");
        text.Append(CultureInfo.InvariantCulture, $"  {gutter} | {padding}{new string('^', carets)}\n");
    }
}
