using System.Numerics;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's order of values of one kind.</summary>
internal static class Ordering
{
    /// <summary>Sorts as Python's sorted() does; equals keep their order, also in reverse.</summary>
    public static List<object> Sorted(IEnumerable<object> items, Func<object, object> key, bool reverse)
    {
        var keyed = PyList.Of(items).Items.Select((item, at) => (Item: item, Key: key(item), At: at)).ToArray();
        Meter.AllocateItems(keyed.Length);
        try
        {
            Array.Sort(
                keyed,
                (a, b) =>
                {
                    var order =
                        Less(a.Key, b.Key, "<") ? -1
                        : Less(b.Key, a.Key, "<") ? 1
                        : 0;
                    return order == 0 ? a.At.CompareTo(b.At)
                        : reverse ? -order
                        : order;
                }
            );
        }
        catch (InvalidOperationException e) when (e.InnerException is JinjaException inner)
        {
            throw new JinjaException(inner.Kind, inner.Message);
        }

        return [.. keyed.Select(one => one.Item)];
    }

    /// <summary>a &lt; b; the sign is for the error only.</summary>
    public static bool Less(object a, object b, string sign) => Compare(a, b, sign) is < 0;

    /// <summary>Negative, zero or positive; null for numbers of which one is no number.</summary>
    public static int? Compare(object a, object b, string sign)
    {
        if (Kinds.IsNumber(a) && Kinds.IsNumber(b))
        {
            return CompareNumbers(a, b);
        }

        if (Kinds.Text(a) is { } left && Kinds.Text(b) is { } right)
        {
            Meter.Look(Math.Min(left.Length, right.Length));
            return CompareTexts(left, right);
        }

        if (a is Undefined missing)
        {
            throw missing.Fail();
        }

        if (b is Undefined other)
        {
            throw other.Fail();
        }

        return (a, b) switch
        {
            (PyList x, PyList y) => CompareItems(x.Items, y.Items, sign),
            (PyTuple x, PyTuple y) => CompareItems(x.Items, y.Items, sign),
            _ => throw JinjaException.Type(
                $"'{sign}' not supported between instances of '{Kinds.Name(a)}' and '{Kinds.Name(b)}'"
            ),
        };
    }

    public static int? CompareNumbers(object a, object b)
    {
        if (Kinds.Whole(a) is { } whole && Kinds.Whole(b) is { } other)
        {
            return whole.CompareTo(other);
        }

        if (a is double x && b is double y)
        {
            return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
        }

        return a is double
            ? -CompareMixed(Kinds.Whole(b)!.Value, (double)a)
            : CompareMixed(Kinds.Whole(a)!.Value, (double)b);
    }

    // Exact where the float is whole and beyond what a double can count.
    private static int? CompareMixed(BigInteger whole, double number)
    {
        if (double.IsNaN(number))
        {
            return null;
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? -1 : 1;
        }

        var floor = Math.Floor(number);
        var order = whole.CompareTo(new BigInteger(floor));
        return order == 0 && floor < number ? -1 : order;
    }

    private static int CompareTexts(string a, string b)
    {
        var at = a.AsSpan().CommonPrefixLength(b);
        if (at == a.Length || at == b.Length)
        {
            return a.Length - b.Length;
        }

        // Surrogates lie below U+E000 as units and above it as code points.
        var (x, y) = (a[at], b[at]);
        return char.IsSurrogate(x) != char.IsSurrogate(y) ? (char.IsSurrogate(x) ? 1 : -1) : x - y;
    }

    private static int? CompareItems(IList<object> a, IList<object> b, string sign)
    {
        Meter.Enter();
        for (var at = 0; at < Math.Min(a.Count, b.Count); at++)
        {
            if (!KeyComparer.Same(a[at], b[at]))
            {
                var order = Compare(a[at], b[at], sign);
                Meter.Leave();
                return order;
            }
        }

        Meter.Leave();
        return a.Count - b.Count;
    }
}
