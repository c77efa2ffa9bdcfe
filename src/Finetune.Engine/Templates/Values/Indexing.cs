using System.Numerics;

namespace Finetune.Engine.Templates.Values;

/// <summary>Lookup by index and slice.</summary>
internal static class Indexing
{
    /// <summary>The item there, or null where Python raises LookupError or TypeError.</summary>
    public static object? Item(object owner, object key)
    {
        if (owner is PyDict dict)
        {
            return dict.TryGet(key, out var value) ? value : null;
        }

        if (Kinds.Whole(key) is not { } index || Length(owner) is not { } length)
        {
            return null;
        }

        index = index.Sign < 0 ? index + length : index;
        return index.Sign < 0 || index >= length ? null : At(owner, (int)index);
    }

    public static object Slice(object owner, object? start, object? stop, object? step)
    {
        var length = Length(owner) ?? throw JinjaException.Type($"'{Kinds.Name(owner)}' object is not subscriptable");
        var by = Bound(step) ?? BigInteger.One;
        if (by.IsZero)
        {
            throw JinjaException.Value("slice step cannot be zero");
        }

        var isUp = by.Sign > 0;
        var first = Clamped(Bound(start), length, isUp, isUp ? 0 : length - 1);
        var last = Clamped(Bound(stop), length, isUp, isUp ? length : -1);
        var stride = (int)BigInteger.Max(-int.MaxValue, BigInteger.Min(int.MaxValue, by));
        if (owner is PyRange range)
        {
            return range.Slice(first, last, stride);
        }

        var text = Kinds.Text(owner);
        if (text is not null && stride == 1)
        {
            Meter.Allocate(Math.Max(0, last - first));
            return Same(owner, first < last ? Points.Slice(text, first, last) : "");
        }

        var all = text is null ? null : PyList.Of(Points.Split(text)).Items;
        var picked = new List<object>();
        for (long at = first; isUp ? at < last : at > last; at += stride)
        {
            Meter.AllocateItems(1);
            picked.Add(all is null ? At(owner, (int)at) : all[(int)at]);
        }

        return owner switch
        {
            PyList => new PyList(picked),
            PyTuple => new PyTuple([.. picked]),
            _ => Same(owner, string.Concat(picked)),
        };
    }

    private static int? Length(object owner) =>
        owner is string or Markup or PyList or PyTuple or PyRange ? Kinds.Length(owner) : null;

    private static object At(object owner, int at) =>
        owner switch
        {
            PyList list => list.Items[at],
            PyTuple tuple => tuple.Items[at],
            PyRange range => range[at],
            _ => Same(owner, Points.Slice(Kinds.Text(owner)!, at, at + 1)),
        };

    private static object Same(object like, string text) => like is Markup ? new Markup(text) : text;

    private static BigInteger? Bound(object? value) =>
        value switch
        {
            null or None => null,
            _ => Kinds.Whole(value)
                ?? throw JinjaException.Type("slice indices must be integers or None or have an __index__ method"),
        };

    private static int Clamped(BigInteger? bound, int length, bool isUp, int absent)
    {
        if (bound is not { } at)
        {
            return absent;
        }

        at = at.Sign < 0 ? at + length : at;
        return (int)BigInteger.Max(isUp ? 0 : -1, BigInteger.Min(isUp ? length : length - 1, at));
    }
}
