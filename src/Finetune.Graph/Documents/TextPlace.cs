using Finetune.Graph.Diagnostics;
using YamlDotNet.Core;

namespace Finetune.Graph.Documents;

/// <summary>Where a piece of YAML stands: whole files at 1:1, the value of an override behind its path.</summary>
/// <param name="File">File name of the spans.</param>
/// <param name="Line">Line of the text's first line.</param>
/// <param name="Column">Column of the text's first character.</param>
internal sealed record TextPlace(string File, int Line = 1, int Column = 1)
{
    /// <summary>The span from one mark to another, cut at the end of the first line.</summary>
    public SourceSpan Span(Mark start, Mark end, string text)
    {
        var length = end.Index - start.Index;
        var newline = start.Index < text.Length ? text.IndexOf('\n', (int)start.Index) : -1;
        if (end.Line > start.Line && newline >= 0)
        {
            length = newline - start.Index;
        }

        return At(start, (int)Math.Max(1, length));
    }

    /// <summary>A span at a mark.</summary>
    public SourceSpan At(Mark mark, int length = 1) =>
        new(
            File,
            Line == 1 ? (int)mark.Line : Line,
            mark.Line == 1 ? (int)mark.Column + Column - 1 : (int)mark.Column,
            length
        );
}
