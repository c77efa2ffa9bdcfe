using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Jinja's filters, and Transformers' own tojson.</summary>
internal static class FilterTable
{
    private static readonly Dictionary<string, Function> All = new(StringComparer.Ordinal);

    static FilterTable()
    {
        TextFilters.Add(Add);
        NumberFilters.Add(Add);
        SequenceFilters.Add(Add);
        ChoiceFilters.Add(Add);
        MarkupFilters.Add(Add);
        Add("tojson", "x ensure_ascii? indent? separators? sort_keys?", JsonText.Filter);
    }

    public static Function? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>Applies a filter or test; the value is the first argument.</summary>
    public static object Apply(Function filter, CallArguments arguments)
    {
        Meter.Enter();
        var first = arguments.Positional[0];
        Meter.Look(Kinds.Text(first)?.Length ?? 1);
        var result = filter.Call(arguments);
        Meter.Leave();
        return result;
    }

    private static void Add(string name, string arguments, Func<Bound, object> run) =>
        All[name] = new Function(new Signature(name, arguments), run);
}

/// <summary>Adds a filter to the table.</summary>
internal delegate void AddFilter(string name, string arguments, Func<Bound, object> run);
