using System.Diagnostics.CodeAnalysis;

namespace Finetune.Engine.Templates.Values;

/// <summary>A Python generator: its items come once, when they are asked for.</summary>
internal sealed class PyIterator(string kind, IEnumerable<object> items)
{
    private readonly IEnumerator<object> _items = items.GetEnumerator();

    public PyIterator(IEnumerable<object> items)
        : this("generator", items) { }

    public string Kind => kind;

    public IEnumerable<object> Rest()
    {
        while (TryNext(out var item))
        {
            yield return item;
        }
    }

    public bool TryNext([NotNullWhen(true)] out object? item)
    {
        // Generators may be stacked on generators by the thousand.
        Meter.Enter();
        var isThere = _items.MoveNext();
        Meter.Leave();
        item = isThere ? _items.Current : null;
        return isThere;
    }
}
