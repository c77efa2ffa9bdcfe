using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>split, rsplit, splitlines, partition.</summary>
internal static class Splitting
{
    public static PyList Split(string text, object? separator, int most)
    {
        if (separator is null or None)
        {
            return PyList.Of(Words(text, most));
        }

        var by = Separator(separator);
        var parts = new List<object>();
        var at = 0;
        while (most < 0 || parts.Count < most)
        {
            var found = text.IndexOf(by, at, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            Add(parts, text[at..found]);
            at = found + by.Length;
        }

        Add(parts, text[at..]);
        return new PyList(parts);
    }

    public static PyList SplitLast(string text, object? separator, int most)
    {
        if (most < 0)
        {
            return Split(text, separator, most);
        }

        var parts = new List<object>();
        var end = text.Length;
        if (separator is null or None)
        {
            while (true)
            {
                end = text[..end].TrimEndSpaces();
                if (end == 0 || parts.Count == most)
                {
                    break;
                }

                var start = end;
                while (start > 0 && !Points.IsSpace(text[start - 1]))
                {
                    start--;
                }

                Add(parts, text[start..end]);
                end = start;
            }

            if (end > 0)
            {
                Add(parts, text[..end]);
            }
        }
        else
        {
            var by = Separator(separator);
            while (parts.Count < most && text.AsSpan(0, end).LastIndexOf(by) is >= 0 and var found)
            {
                Add(parts, text[(found + by.Length)..end]);
                end = found;
            }

            Add(parts, text[..end]);
        }

        parts.Reverse();
        return new PyList(parts);
    }

    public static IEnumerable<string> Lines(string text, bool keepsEnds)
    {
        for (var at = 0; at < text.Length; )
        {
            var end = at;
            while (end < text.Length && !IsLineEnd(text[end]))
            {
                end++;
            }

            var next = end;
            if (end < text.Length)
            {
                next += text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? 2 : 1;
            }

            Meter.Allocate(next - at);
            yield return text[at..(keepsEnds ? next : end)];
            at = next;
        }
    }

    public static PyTuple Partition(string text, string by, bool isLast)
    {
        _ = Separator(by);
        var at = isLast ? text.LastIndexOf(by, StringComparison.Ordinal) : text.IndexOf(by, StringComparison.Ordinal);
        Meter.Allocate(text.Length);
        return new PyTuple(
            at >= 0 ? [text[..at], by, text[(at + by.Length)..]]
            : isLast ? ["", "", text]
            : [text, "", ""]
        );
    }

    private static IEnumerable<object> Words(string text, int most)
    {
        var count = 0;
        for (var at = 0; at < text.Length; )
        {
            if (Points.IsSpace(text[at]))
            {
                at++;
                continue;
            }

            if (most >= 0 && count == most)
            {
                yield return text[at..];
                yield break;
            }

            var end = at;
            while (end < text.Length && !Points.IsSpace(text[end]))
            {
                end++;
            }

            Meter.Allocate(end - at);
            yield return text[at..end];
            count++;
            at = end;
        }
    }

    private static int TrimEndSpaces(this string text)
    {
        var end = text.Length;
        while (end > 0 && Points.IsSpace(text[end - 1]))
        {
            end--;
        }

        return end;
    }

    private static bool IsLineEnd(char c) =>
        c is '\n' or '\r' or '\v' or '\f' or '\u001c' or '\u001d' or '\u001e' or '\u0085' or '\u2028' or '\u2029';

    private static void Add(List<object> parts, string part)
    {
        Meter.Allocate(part.Length + 4);
        parts.Add(part);
    }

    private static string Separator(object separator)
    {
        var by =
            Kinds.Text(separator) ?? throw JinjaException.Type($"must be str or None, not {Kinds.Name(separator)}");
        return by.Length > 0 ? by : throw JinjaException.Value("empty separator");
    }
}
