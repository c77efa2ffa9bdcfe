using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Methods;

/// <summary>Methods of str.</summary>
internal static class StringMethods
{
    private static readonly Dictionary<string, (Signature Signature, Func<string, Bound, object> Run)> All = Table();

    /// <summary>The method, bound to the text, or null. A method of Markup gives Markup.</summary>
    public static object? Bind(object owner, string name)
    {
        if (!All.TryGetValue(name, out var method))
        {
            return null;
        }

        var text = Kinds.Text(owner)!;
        return new Function(
            method.Signature,
            call =>
            {
                Meter.Look(text.Length);
                if (owner is Markup && name is "join" or "format")
                {
                    call = call with
                    {
                        Values = [.. call.Values.Select(Escaped)],
                        More = [.. call.More.Select(Markup.Escape)],
                    };
                }

                var result = method.Run(text, call);
                return owner is Markup && result is string made ? new Markup(made) : result;
            }
        );
    }

    private static object? Escaped(object? value) =>
        value is null ? null : new PyList([.. Iteration.Over(value).Select(Markup.Escape)]);

    private static Dictionary<string, (Signature, Func<string, Bound, object>)> Table()
    {
        var all = new Dictionary<string, (Signature, Func<string, Bound, object>)>(StringComparer.Ordinal);
        void Add(string name, string arguments, Func<string, Bound, object> run) =>
            all[name] = (new Signature(name, arguments), run);

        Add("upper", "", (text, _) => Casing.ToUpper(text));
        Add("lower", "", (text, _) => Casing.ToLower(text));
        Add("casefold", "", (text, _) => Casing.ToLower(text.Replace("ß", "ss", StringComparison.Ordinal)));
        Add("title", "", (text, _) => Casing.Title(text));
        Add("capitalize", "", (text, _) => Casing.Capitalize(text));
        Add("swapcase", "", (text, _) => Casing.Swap(text));
        Add("strip", "chars? /", (text, call) => Stripping.Strip(text, call[0], true, true));
        Add("lstrip", "chars? /", (text, call) => Stripping.Strip(text, call[0], true, false));
        Add("rstrip", "chars? /", (text, call) => Stripping.Strip(text, call[0], false, true));
        Add("split", "sep? maxsplit?", (text, call) => Splitting.Split(text, call[0], call.Int(1, -1)));
        Add("rsplit", "sep? maxsplit?", (text, call) => Splitting.SplitLast(text, call[0], call.Int(1, -1)));
        Add("splitlines", "keepends?", (text, call) => PyList.Of(Splitting.Lines(text, call.Flag(0))));
        Add("partition", "sep /", (text, call) => Splitting.Partition(text, call.Text(0), isLast: false));
        Add("rpartition", "sep /", (text, call) => Splitting.Partition(text, call.Text(0), isLast: true));
        Add("join", "iterable /", (text, call) => Join(text, call[0]!));
        Add(
            "replace",
            "old new count? /",
            (text, call) => Replacing.Replace(text, call.Text(0), call.Text(1), call.Int(2, -1))
        );
        Add("startswith", "prefix start? end? /", (text, call) => Searching.Begins(text, call));
        Add("endswith", "suffix start? end? /", (text, call) => Searching.Ends(text, call));
        Add("find", "sub start? end? /", (text, call) => Searching.Find(text, call, isLast: false));
        Add("rfind", "sub start? end? /", (text, call) => Searching.Find(text, call, isLast: true));
        Add("index", "sub start? end? /", (text, call) => Searching.Index(text, call, isLast: false));
        Add("rindex", "sub start? end? /", (text, call) => Searching.Index(text, call, isLast: true));
        Add("count", "sub start? end? /", (text, call) => Searching.Count(text, call));
        Add(
            "removeprefix",
            "prefix /",
            (text, call) => Begins(text, call.Text(0)) ? text[call.Text(0).Length..] : text
        );
        Add("removesuffix", "suffix /", (text, call) => Ends(text, call.Text(0)) ? text[..^call.Text(0).Length] : text);
        Add("center", "width fillchar? /", (text, call) => Padding.Center(text, call.Int(0, 0), call.Text(1, " ")));
        Add("ljust", "width fillchar? /", (text, call) => Padding.Left(text, call.Int(0, 0), call.Text(1, " ")));
        Add("rjust", "width fillchar? /", (text, call) => Padding.Right(text, call.Int(0, 0), call.Text(1, " ")));
        Add("zfill", "width /", (text, call) => Padding.Zeros(text, call.Int(0, 0)));
        Add("expandtabs", "tabsize?", (text, call) => Padding.Tabs(text, call.Int(0, 8)));
        Add("format", "*args **kwargs", (text, call) => BraceFormat.Apply(text, call.More, Named(call)));
        Add(
            "format_map",
            "mapping /",
            (text, call) => BraceFormat.Apply(text, [], name => Indexing.Item(call[0]!, name))
        );
        Add(
            "encode",
            "encoding? errors?",
            (_, _) => throw JinjaException.Type("bytes are not to be had in a template")
        );
        foreach (var (name, test) in Characters.Tests)
        {
            Add(name, "", (text, _) => test(text));
        }

        return all;
    }

    private static Func<string, object?> Named(Bound call) =>
        name => call.Named.LastOrDefault(pair => string.Equals(pair.Key, name, StringComparison.Ordinal)).Value;

    private static bool Begins(string text, string start) => text.StartsWith(start, StringComparison.Ordinal);

    private static bool Ends(string text, string end) => end.Length > 0 && text.EndsWith(end, StringComparison.Ordinal);

    private static string Join(string separator, object items)
    {
        var joined = new System.Text.StringBuilder();
        var at = 0;
        foreach (var item in Iteration.Over(items))
        {
            var text =
                Kinds.Text(item)
                ?? throw JinjaException.Type($"sequence item {at}: expected str instance, {Kinds.Name(item)} found");
            Meter.Allocate(text.Length + separator.Length);
            joined.Append(at++ == 0 ? "" : separator).Append(text);
        }

        return joined.ToString();
    }
}
