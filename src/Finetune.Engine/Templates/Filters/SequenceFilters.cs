using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Filters on lists and dicts.</summary>
internal static class SequenceFilters
{
    public static void Add(AddFilter add)
    {
        add("length", "obj /", call => Length(call[0]!));
        add("count", "obj /", call => Length(call[0]!));
        add("list", "value", call => PyList.Of(Iteration.Over(call[0]!)));
        add(
            "first",
            "seq",
            call => Iteration.Over(call[0]!).FirstOrDefault() ?? Empty("No first item, sequence was empty.")
        );
        add("last", "seq", call => Last(call[0]!));
        add(
            "random",
            "seq",
            call =>
                PyList.Of(Iteration.Over(call[0]!)).Items.FirstOrDefault()
                ?? Empty("No random item, sequence was empty.")
        );
        add("reverse", "value", call => Reverse(call[0]!));
        add("join", "value d? attribute?", Join);
        add("items", "value", call => Items(call[0]!));
        add("attr", "obj name", call => Attr(call[0]!, call[1]!));
        add("default", "value default_value? boolean?", Default);
        add("d", "value default_value? boolean?", Default);
        add("sum", "iterable attribute? start?", Sum);
        add("batch", "value linecount fill_with?", call => new PyIterator(Batch(call)));
        add("slice", "value slices fill_with?", call => new PyIterator(Slice(call)));
    }

    private static BigInteger Length(object value) =>
        Kinds.Length(value) is { } length
            ? length
            : throw JinjaException.Type($"object of type '{Kinds.Name(value)}' has no len()");

    private static Undefined Empty(string hint) => Undefined.Hint(hint);

    private static object Last(object value) =>
        value is Undefined
            ? Empty("No last item, sequence was empty.")
            : Iteration.Backwards(value).FirstOrDefault() ?? Empty("No last item, sequence was empty.");

    private static object Reverse(object value) =>
        Kinds.Text(value) is { } text ? string.Concat(Points.Split(text).Reverse())
        : value is PyIterator ? PyList.Of(Iteration.Over(value).Reverse())
        : value is Undefined ? PyList.Of([])
        : new PyIterator("list_reverseiterator", Iteration.Backwards(value));

    private static string Join(Bound call)
    {
        var separator = call[1] is null ? "" : Printing.Str(call[1]!);
        var get = AttributePath.Of(call[2]);
        var joined = new System.Text.StringBuilder();
        var isFirst = true;
        foreach (var item in Iteration.Over(call[0]!))
        {
            var text = Printing.Str(get(item));
            Meter.Allocate(text.Length + separator.Length);
            joined.Append(isFirst ? "" : separator).Append(text);
            isFirst = false;
        }

        return joined.ToString();
    }

    private static PyIterator Items(object value) =>
        value switch
        {
            Undefined => new PyIterator([]),
            PyDict dict => new PyIterator(new DictView("dict_items", dict).Items),
            _ => throw JinjaException.Type("Can only get item pairs from a mapping."),
        };

    private static object Attr(object value, object name) =>
        value is Undefined missing ? missing : Members.Own(value, Printing.Str(name)) ?? Undefined.Member(value, name);

    private static object Default(Bound call) =>
        call[0] is Undefined || (call.Flag(2) && !Kinds.IsTrue(call[0]!)) ? call[1] ?? "" : call[0]!;

    private static object Sum(Bound call)
    {
        var get = AttributePath.Of(call[1]);
        var sum = call[2] ?? BigInteger.Zero;
        if (Kinds.Text(sum) is not null)
        {
            throw JinjaException.Type("sum() can't sum strings [use ''.join(seq) instead]");
        }

        return Iteration.Over(call[0]!).Aggregate(sum, (total, item) => Arithmetic.Apply("+", total, get(item)));
    }

    private static IEnumerable<object> Batch(Bound call)
    {
        var size = call.Int(1, 0);
        var batch = new List<object>();
        foreach (var item in Iteration.Over(call[0]!))
        {
            if (batch.Count == size)
            {
                yield return new PyList(batch);
                batch = [];
            }

            Meter.AllocateItems(1);
            batch.Add(item);
        }

        if (batch.Count > 0)
        {
            var missing = call.Has(2) ? Math.Max(0, size - batch.Count) : 0;
            Meter.AllocateItems(missing);
            batch.AddRange(Enumerable.Repeat(call[2]!, missing));
            yield return new PyList(batch);
        }
    }

    private static IEnumerable<object> Slice(Bound call)
    {
        var items = PyList.Of(Iteration.Over(call[0]!)).Items;
        var slices = call.Int(1, 0);
        if (slices == 0)
        {
            throw new JinjaException("ZeroDivisionError", "integer division or modulo by zero");
        }

        var (size, extra) = (items.Count / slices, items.Count % slices);
        var at = 0;
        for (var number = 0; number < slices; number++)
        {
            var count = size + (number < extra ? 1 : 0);
            Meter.AllocateItems(count + 1);
            var slice = items.GetRange(at, count);
            at += count;
            if (call.Has(2) && number >= extra)
            {
                slice.Add(call[2]!);
            }

            yield return new PyList(slice);
        }
    }
}
