using System.Numerics;
using System.Text.RegularExpressions;
using Finetune.Engine.Templates.Methods;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Filters from text to text.</summary>
internal static partial class TextFilters
{
    public static void Add(AddFilter add)
    {
        add("upper", "s", call => Map(call[0]!, Casing.ToUpper));
        add("lower", "s", call => Map(call[0]!, Casing.ToLower));
        add("capitalize", "s", call => Map(call[0]!, Casing.Capitalize));
        add("title", "s", call => Map(call[0]!, Title));
        add("trim", "value chars?", call => Map(call[0]!, text => Stripping.Strip(text, call[1], true, true)));
        add("center", "value width?", call => Map(call[0]!, text => Padding.Center(text, call.Int(1, 80), " ")));
        add("string", "object", call => call[0] is Markup ? call[0]! : Printing.Str(call[0]!));
        add("wordcount", "s", call => (BigInteger)Word().Count(Printing.Str(call[0]!)));
        add("replace", "s old new count?", Replace);
        add("format", "value *args **kwargs", Format);
        add("indent", "s width? first? blank?", Indent);
        add("truncate", "s length? killwords? end? leeway?", Truncate);
        add("wordwrap", "s width? break_long_words? wrapstring? break_on_hyphens?", WordWrap.Filter);
        add("pprint", "value", call => Printing.Repr(call[0]!));
    }

    private static object Map(object value, Func<string, string> map) =>
        value is Markup markup ? new Markup(map(markup.Text)) : map(Printing.Str(value));

    private static string Title(string text)
    {
        Meter.Allocate(text.Length);
        return string.Concat(
            WordStart()
                .Split(text)
                .Where(part => part.Length > 0)
                .Select(part =>
                    Casing.ToUpper(part[..Points.Size(part, 0)]) + Casing.ToLower(part[Points.Size(part, 0)..])
                )
        );
    }

    private static string Replace(Bound call) =>
        Replacing.Replace(Printing.Str(call[0]!), Printing.Str(call[1]!), Printing.Str(call[2]!), call.Int(3, -1));

    private static object Format(Bound call)
    {
        if (call.More.Count > 0 && call.Named.Count > 0)
        {
            throw new JinjaException(
                "FilterArgumentError",
                "can't handle positional and keyword arguments at the same time"
            );
        }

        object values = new PyTuple([.. call.More]);
        if (call.Named.Count > 0)
        {
            var dict = new PyDict();
            foreach (var (name, value) in call.Named)
            {
                dict.Set(name, value);
            }

            values = dict;
        }

        return Arithmetic.Apply("%", call[0] is Markup ? call[0]! : Printing.Str(call[0]!), values);
    }

    private static object Indent(Bound call)
    {
        var text =
            Kinds.Text(call[0]!)
            ?? throw JinjaException.Type($"unsupported operand type(s) for +=: '{Kinds.Name(call[0]!)}' and 'str'");
        var indent =
            call.Has(1) && Kinds.Text(call[1]!) is { } own
                ? own
                : (string)Arithmetic.Apply("*", " ", call[1] ?? (BigInteger)4);
        var isBlankToo = call.Flag(3);
        var lines = Splitting.Lines(text + "\n", keepsEnds: false).ToList();
        var made = new System.Text.StringBuilder(call.Flag(2) ? indent : "").Append(lines[0]);
        foreach (var line in lines.Skip(1))
        {
            Meter.Allocate(indent.Length + line.Length);
            made.Append('\n').Append(line.Length > 0 || isBlankToo ? indent : "").Append(line);
        }

        return call[0] is Markup ? new Markup(made.ToString()) : made.ToString();
    }

    private static object Truncate(Bound call)
    {
        var text =
            Kinds.Text(call[0]!) ?? throw JinjaException.Type($"object of type '{Kinds.Name(call[0]!)}' has no len()");
        var (length, end, leeway) = (call.Int(1, 255), call.Text(3, "..."), call.Int(4, 5));
        var endLength = Points.Count(end);
        if (length < endLength || leeway < 0)
        {
            throw new JinjaException("AssertionError", $"expected length >= {endLength}, got {length}");
        }

        if (Points.Count(text) <= (long)length + leeway)
        {
            return call[0]!;
        }

        var kept = Points.Slice(text, 0, length - endLength);
        if (!call.Flag(2) && kept.LastIndexOf(' ') is >= 0 and var blank)
        {
            kept = kept[..blank];
        }

        return kept + end;
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"([-\s({\[<]+)")]
    private static partial Regex WordStart();
}
