using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates;

/// <summary>What a template made.</summary>
/// <param name="Text">The text.</param>
/// <param name="Spans">Where generation blocks lie in it: start and end, in code points.</param>
public sealed record RenderedText(string Text, IReadOnlyList<(int Start, int End)> Spans)
{
    internal static RenderedText Of(string text, IReadOnlyList<(int Start, int End)> units) =>
        new(text, [.. units.Select(span => (Point(text, span.Start), Point(text, span.End)))]);

    private static int Point(string text, int unit) => Points.Count(text.AsSpan(0, unit));
}
