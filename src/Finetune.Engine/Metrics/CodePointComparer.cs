namespace Finetune.Engine.Metrics;

/// <summary>Compares texts by Unicode code points; like ordinal but for characters outside the basic plane.</summary>
internal sealed class CodePointComparer : IComparer<string>
{
    public static CodePointComparer Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var left = x.EnumerateRunes();
        var right = y.EnumerateRunes();
        while (true)
        {
            var (more, other) = (left.MoveNext(), right.MoveNext());
            if (!more || !other)
            {
                return more.CompareTo(other);
            }

            var order = left.Current.Value.CompareTo(right.Current.Value);
            if (order != 0)
            {
                return order;
            }
        }
    }
}
