using System.Diagnostics.CodeAnalysis;

namespace Finetune.Engine.Templates.Values;

/// <summary>A Python dict: ordered, its keys compared as Python compares them.</summary>
internal sealed class PyDict
{
    private readonly OrderedDictionary<object, object> _items = new(KeyComparer.Instance);

    public int Count => _items.Count;

    public IEnumerable<object> Keys => _items.Keys;

    public IEnumerable<object> Values => _items.Values;

    public IEnumerable<KeyValuePair<object, object>> Pairs => _items;

    public void Set(object key, object value) => _items[key] = value;

    public bool Remove(object key) => _items.Remove(key);

    public bool TryGet(object key, [NotNullWhen(true)] out object? value) => _items.TryGetValue(key, out value);

    public bool Has(object key) => _items.ContainsKey(key);

    public PyDict Copy()
    {
        Meter.AllocateItems(2L * Count);
        var copy = new PyDict();
        foreach (var (key, value) in _items)
        {
            copy.Set(key, value);
        }

        return copy;
    }
}
