namespace Finetune.Engine.Templates.Values;

/// <summary>What a for loop, a filter or an unpacking goes through.</summary>
internal static class Iteration
{
    public static IEnumerable<object> Over(object value) =>
        value switch
        {
            PyList list => list.Items,
            PyTuple tuple => tuple.Items,
            string text => Points.Split(text),
            Markup markup => Points.Split(markup.Text).Select(one => new Markup(one)),
            PyDict dict => dict.Keys,
            PyRange range => range.Items,
            DictView view => view.Items,
            PyIterator iterator => iterator.Rest(),
            Undefined => [],
            _ => throw JinjaException.Type($"'{Kinds.Name(value)}' object is not iterable"),
        };

    public static bool IsIterable(object value) =>
        value is PyList or PyTuple or string or Markup or PyDict or PyRange or DictView or PyIterator or Undefined;

    /// <summary>Last to first.</summary>
    public static IEnumerable<object> Backwards(object value) =>
        value is PyIterator || (!IsIterable(value)) || value is Undefined
            ? throw JinjaException.Type($"'{Kinds.Name(value)}' object is not reversible")
            : PyList.Of(Over(value)).Items.AsEnumerable().Reverse();

    /// <summary>Python's in.</summary>
    public static bool Contains(object container, object item)
    {
        switch (container)
        {
            case string or Markup:
                var text = Kinds.Text(container)!;
                Meter.Look(text.Length);
                return text.Contains(
                    Kinds.Text(item)
                        ?? throw JinjaException.Type(
                            $"'in <string>' requires string as left operand, not {Kinds.Name(item)}"
                        ),
                    StringComparison.Ordinal
                );
            case PyDict dict:
                return dict.Has(item);
            case DictView { Kind: "dict_keys" } view:
                return view.Owner.Has(item);
            case PyRange when Kinds.Whole(item) is null:
                return false;
        }

        if (!IsIterable(container))
        {
            throw JinjaException.Type($"argument of type '{Kinds.Name(container)}' is not iterable");
        }

        foreach (var one in Over(container))
        {
            Meter.Step();
            if (KeyComparer.Same(one, item))
            {
                return true;
            }
        }

        return false;
    }
}
