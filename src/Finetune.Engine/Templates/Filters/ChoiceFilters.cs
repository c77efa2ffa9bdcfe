using Finetune.Engine.Templates.Methods;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Filters that pick, sort, group or map the items of a list.</summary>
internal static class ChoiceFilters
{
    public static void Add(AddFilter add)
    {
        add("map", "value *args **kwargs", call => new PyIterator(Map(call)));
        add("select", "value *args **kwargs", call => new PyIterator(Select(call, true, false)));
        add("reject", "value *args **kwargs", call => new PyIterator(Select(call, false, false)));
        add("selectattr", "value *args **kwargs", call => new PyIterator(Select(call, true, true)));
        add("rejectattr", "value *args **kwargs", call => new PyIterator(Select(call, false, true)));
        add("sort", "value reverse? case_sensitive? attribute?", Sort);
        add("unique", "value case_sensitive? attribute?", call => new PyIterator(Unique(call)));
        add("min", "value case_sensitive? attribute?", call => Extreme(call, isMost: false));
        add("max", "value case_sensitive? attribute?", call => Extreme(call, isMost: true));
        add("dictsort", "value case_sensitive? by? reverse?", DictSort);
        add("groupby", "value attribute default? case_sensitive?", GroupBy);
    }

    private static IEnumerable<object> Map(Bound call)
    {
        if (!Kinds.IsTrue(call[0]!))
        {
            yield break;
        }

        Func<object, object> map;
        if (call.More.Count == 0 && Named(call, "attribute") is { } attribute)
        {
            var odd = call.Named.FirstOrDefault(pair => pair.Key is not ("attribute" or "default")).Key;
            map = odd is null
                ? AttributePath.Of(attribute, absent: Named(call, "default"))
                : throw new JinjaException("FilterArgumentError", $"Unexpected keyword argument '{odd}'");
        }
        else
        {
            map = Named("filter", FilterTable.Find, call, 0);
        }

        foreach (var item in Iteration.Over(call[0]!))
        {
            Meter.Step();
            yield return map(item);
        }
    }

    private static IEnumerable<object> Select(Bound call, bool isWanted, bool byAttribute)
    {
        if (!Kinds.IsTrue(call[0]!))
        {
            yield break;
        }

        var get = byAttribute
            ? AttributePath.Of(
                call.More.Count > 0
                    ? call.More[0]
                    : throw new JinjaException("FilterArgumentError", "Missing parameter for attribute name")
            )
            : item => item;
        var at = byAttribute ? 1 : 0;
        Func<object, object> test = call.More.Count > at ? Named("test", TestTable.Find, call, at) : item => item;
        foreach (var item in Iteration.Over(call[0]!))
        {
            Meter.Step();
            if (Kinds.IsTrue(test(get(item))) == isWanted)
            {
                yield return item;
            }
        }
    }

    private static object? Named(Bound call, string name) =>
        call.Named.FirstOrDefault(pair => string.Equals(pair.Key, name, StringComparison.Ordinal)).Value;

    // A filter or test by its name, with the arguments that follow the name.
    private static Func<object, object> Named(string what, Func<string, Function?> find, Bound call, int at)
    {
        if (call.More.Count <= at)
        {
            throw new JinjaException("FilterArgumentError", $"map requires a {what} argument");
        }

        var name = Printing.Str(call.More[at]);
        var function =
            find(name) ?? throw new JinjaException("TemplateRuntimeError", $"No {what} named {Quoting.Repr(name)}.");
        object[] rest = [.. call.More.Skip(at + 1)];
        return item => FilterTable.Apply(function, new CallArguments([item, .. rest], call.Named));
    }

    private static PyList Sort(Bound call) =>
        new(Ordering.Sorted(Iteration.Over(call[0]!), AttributePath.Several(call[3], !call.Flag(2)), call.Flag(1)));

    private static IEnumerable<object> Unique(Bound call)
    {
        var get = AttributePath.Of(call[2], !call.Flag(1));
        var seen = new HashSet<object>(KeyComparer.Instance);
        foreach (var item in Iteration.Over(call[0]!))
        {
            Meter.AllocateItems(1);
            if (seen.Add(get(item)))
            {
                yield return item;
            }
        }
    }

    private static object Extreme(Bound call, bool isMost)
    {
        var get = AttributePath.Of(call[2], !call.Flag(1));
        object? best = null;
        object? bestKey = null;
        foreach (var item in Iteration.Over(call[0]!))
        {
            var key = get(item);
            if (bestKey is null || (isMost ? Ordering.Less(bestKey, key, ">") : Ordering.Less(key, bestKey, "<")))
            {
                (best, bestKey) = (item, key);
            }
        }

        return best ?? Undefined.Hint("No aggregated item, sequence was empty.");
    }

    private static PyList DictSort(Bound call)
    {
        var at = call.Text(2, "key") switch
        {
            "key" => 0,
            "value" => 1,
            _ => throw new JinjaException("FilterArgumentError", "You can only sort by either \"key\" or \"value\""),
        };
        var isExact = call.Flag(1);
        var dict = call[0] switch
        {
            PyDict one => one,
            Undefined missing => throw missing.Fail(),
            _ => throw new JinjaException(
                "AttributeError",
                $"'{Kinds.Name(call[0]!)}' object has no attribute 'items'"
            ),
        };
        return new PyList(
            Ordering.Sorted(
                new DictView("dict_items", dict).Items,
                pair =>
                {
                    var key = ((PyTuple)pair).Items[at];
                    return !isExact && Kinds.Text(key) is { } text ? Casing.ToLower(text) : key;
                },
                call.Flag(3)
            )
        );
    }

    private static PyList GroupBy(Bound call)
    {
        var ignoresCase = !call.Flag(3);
        var get = AttributePath.Of(call[1], ignoresCase, call[2]);
        var exact = AttributePath.Of(call[1], absent: call[2]);
        var groups = new List<object>();
        List<object>? group = null;
        object? last = null;
        foreach (var item in Ordering.Sorted(Iteration.Over(call[0]!), get, reverse: false))
        {
            var key = get(item);
            if (group is null || !KeyComparer.Same(key, last!))
            {
                group = [];
                groups.Add(new PyTuple([exact(item), new PyList(group)], ["grouper", "list"]));
                last = key;
            }

            group.Add(item);
        }

        return new PyList(groups);
    }
}
