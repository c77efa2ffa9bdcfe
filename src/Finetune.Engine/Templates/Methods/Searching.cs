using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>find, index, count, startswith, endswith: places are code points.</summary>
internal static class Searching
{
    public static object Find(string text, Bound call, bool isLast)
    {
        var (start, end) = Range(text, call);
        var wanted = call.Text(0);
        var part = start <= end ? text[start..end] : null;
        var at =
            part is null ? -1
            : isLast ? part.AsSpan().LastIndexOf(wanted.AsSpan())
            : part.IndexOf(wanted, StringComparison.Ordinal);
        return at < 0 ? BigInteger.MinusOne : (BigInteger)Points.Count(text.AsSpan(0, start + at));
    }

    public static object Index(string text, Bound call, bool isLast) =>
        Find(text, call, isLast) is BigInteger { Sign: >= 0 } at
            ? at
            : throw JinjaException.Value("substring not found");

    public static object Count(string text, Bound call)
    {
        var (start, end) = Range(text, call);
        var wanted = call.Text(0);
        if (start > end)
        {
            return BigInteger.Zero;
        }

        return (BigInteger)(
            wanted.Length == 0
                ? Points.Count(text.AsSpan(start, end - start)) + 1
                : System.MemoryExtensions.Count(text.AsSpan(start, end - start), wanted.AsSpan())
        );
    }

    public static object Begins(string text, Bound call) =>
        Matches(text, call, "startswith", (part, one) => part.StartsWith(one, StringComparison.Ordinal));

    public static object Ends(string text, Bound call) =>
        Matches(text, call, "endswith", (part, one) => part.EndsWith(one, StringComparison.Ordinal));

    private static bool Matches(string text, Bound call, string name, Func<string, string, bool> match)
    {
        var wanted = call[0] is PyTuple tuple ? tuple.Items : [call[0]!];
        var texts = wanted.Select(one =>
            Kinds.Text(one)
            ?? throw JinjaException.Type($"{name} first arg must be str or a tuple of str, not {Kinds.Name(one)}")
        );
        var (start, end) = Range(text, call);
        var part = start <= end ? text[start..end] : null;
        return part is not null && texts.Any(one => match(part, one));
    }

    private static (int Start, int End) Range(string text, Bound call)
    {
        if (!call.Has(1) && !call.Has(2))
        {
            return (0, text.Length);
        }

        var length = Points.Count(text);
        var (start, end) = (call.Int(1, 0), call.Int(2, int.MaxValue));
        start = start < 0 ? Math.Max(0, start + length) : start;
        end = Math.Min(length, end < 0 ? Math.Max(0, end + length) : end);
        return start > length ? (1, 0) : (Points.Unit(text, start), Points.Unit(text, end));
    }
}
