namespace Finetune.Engine.Templates.Values;

/// <summary>What keys(), values() and items() of a dict give.</summary>
internal sealed class DictView(string kind, PyDict owner)
{
    public string Kind => kind;

    public PyDict Owner => owner;

    public int Count => owner.Count;

    public IEnumerable<object> Items =>
        kind switch
        {
            "dict_keys" => owner.Keys,
            "dict_values" => owner.Values,
            _ => owner.Pairs.Select(pair => (object)new PyTuple([pair.Key, pair.Value])),
        };
}
