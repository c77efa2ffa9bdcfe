using System.Globalization;

namespace Finetune.Graph.Documents;

/// <summary>One step of an override's path, with its place in the override.</summary>
/// <param name="Text">A key, an item's name or an index.</param>
/// <param name="Column">Where it starts, from 1.</param>
/// <param name="Length">How long it is as written.</param>
internal sealed record PathSegment(string Text, int Column, int Length)
{
    /// <summary>Where the path ends and the value starts: the first <c>=</c> outside quotes; -1 if there is none.</summary>
    public static int EndOfPath(string text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            if (text[i] == '=' && !quoted)
            {
                return i;
            }
        }

        return text.IndexOf('=', StringComparison.Ordinal);
    }

    /// <summary>Splits <c>a.b[0]."c.d"</c>; null where a segment is empty or a bracket or quote stays open.</summary>
    public static IReadOnlyList<PathSegment>? Split(string path)
    {
        var segments = new List<PathSegment>();
        var at = 0;
        while (at < path.Length)
        {
            var closing = path[at] switch
            {
                '"' => '"',
                '[' => ']',
                _ => '\0',
            };
            var start = closing == '\0' ? at : at + 1;
            var end = closing == '\0' ? path.AsSpan(at).IndexOfAny('.', '[') + at : path.IndexOf(closing, start);
            end = closing == '\0' && end < at ? path.Length : end;
            if (end <= start)
            {
                return null;
            }

            var text = path[start..end].Trim();
            if (text.Length == 0)
            {
                return null;
            }

            segments.Add(new PathSegment(text, start + 1, end - start));
            at = closing == '\0' ? end : end + 1;
            if (at < path.Length && path[at] == '.')
            {
                at++;
                if (at == path.Length)
                {
                    return null;
                }
            }
            else if (at < path.Length && path[at] != '[')
            {
                return null;
            }
        }

        return segments.Count == 0 ? null : segments;
    }

    /// <summary>Whether it is a count from 0.</summary>
    public bool TryIndex(out int index) =>
        int.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
