using System.Numerics;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's == and hash().</summary>
internal sealed class KeyComparer : IEqualityComparer<object>
{
    public static readonly KeyComparer Instance = new();

    bool IEqualityComparer<object>.Equals(object? x, object? y) => Same(x!, y!);

    public int GetHashCode(object key)
    {
        switch (key)
        {
            case PyList or PyDict or Namespace:
                throw JinjaException.Type($"unhashable type: '{Kinds.Name(key)}'");
            case bool flag:
                return flag ? 1.0.GetHashCode() : 0.0.GetHashCode();
            case BigInteger number:
                return ((double)number).GetHashCode();
            case double number:
                return number.GetHashCode();
            case Markup markup:
                return StringComparer.Ordinal.GetHashCode(markup.Text);
            case string text:
                return StringComparer.Ordinal.GetHashCode(text);
            case PyTuple tuple:
                Meter.Enter();
                var hash = tuple.Items.Aggregate(17, (sum, item) => (sum * 31) + GetHashCode(item));
                Meter.Leave();
                return hash;
            case Undefined:
                return 0;
            default:
                return key.GetHashCode();
        }
    }

    public static bool Same(object a, object b)
    {
        if (Kinds.Text(a) is { } left)
        {
            Meter.Look(left.Length);
            return Kinds.Text(b) is { } right && string.Equals(left, right, StringComparison.Ordinal);
        }

        if (Kinds.IsNumber(a) && Kinds.IsNumber(b))
        {
            return Ordering.CompareNumbers(a, b) == 0;
        }

        if (ReferenceEquals(a, b))
        {
            return true;
        }

        Meter.Enter();
        var same = (a, b) switch
        {
            (PyList x, PyList y) => All(x.Items, y.Items),
            (PyTuple x, PyTuple y) => All(x.Items, y.Items),
            (PyDict x, PyDict y) => x.Count == y.Count
                && x.Pairs.All(pair => y.TryGet(pair.Key, out var other) && Same(pair.Value, other)),
            (PyRange x, PyRange y) => x.Count == y.Count
                && (x.Count == 0 || (x.Start == y.Start && (x.Count == 1 || x.Increment == y.Increment))),
            (DictView { Kind: not "dict_values" } x, DictView { Kind: not "dict_values" } y) => x.Count == y.Count
                && x.Items.All(item => y.Items.Contains(item, Instance)),
            (Undefined, Undefined) => true,
            _ => false,
        };
        Meter.Leave();
        return same;
    }

    private static bool All(IList<object> a, IList<object> b)
    {
        if (a.Count != b.Count)
        {
            return false;
        }

        for (var at = 0; at < a.Count; at++)
        {
            if (!Same(a[at], b[at]))
            {
                return false;
            }
        }

        return true;
    }
}
