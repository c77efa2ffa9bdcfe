namespace Finetune.Engine.Templates.Values;

/// <summary>A Python list. Nothing a template can call changes one.</summary>
internal sealed class PyList(List<object> items)
{
    public List<object> Items => items;

    public static PyList Of(IEnumerable<object> items)
    {
        var list = new List<object>();
        foreach (var item in items)
        {
            Meter.AllocateItems(1);
            list.Add(item);
        }

        return new PyList(list);
    }
}

/// <summary>A Python tuple, with names where it is a named one.</summary>
internal sealed class PyTuple(object[] items, string[]? names = null)
{
    public static readonly PyTuple Empty = new([]);

    public object[] Items => items;

    public object? Named(string name) =>
        names is not null && Array.IndexOf(names, name) is >= 0 and var at ? items[at] : null;
}
