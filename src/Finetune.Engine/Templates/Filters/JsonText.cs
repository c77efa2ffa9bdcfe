using System.Globalization;
using System.Numerics;
using System.Text;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>tojson as Transformers has it: Python's json.dumps, without Jinja's HTML escapes.</summary>
internal sealed class JsonText
{
    private readonly StringBuilder _text = new();
    private readonly bool _isAscii;
    private readonly bool _isSorted;
    private readonly string? _indent;
    private readonly string _comma;
    private readonly string _colon;

    private JsonText(Bound call)
    {
        _isAscii = call.Flag(1);
        _isSorted = call.Flag(4);
        _indent =
            !call.Has(2) ? null
            : Kinds.Text(call[2]!) is { } own ? own
            : (string)Arithmetic.Apply("*", " ", (BigInteger)Math.Max(0, call.Int(2, 0)));
        (_comma, _colon) = (_indent is null ? ", " : ",", ": ");
        if (call.Has(3))
        {
            if (Iteration.Over(call[3]!).Select(Printing.Str).ToList() is not [var comma, var colon])
            {
                throw JinjaException.Value("separators are two texts");
            }

            (_comma, _colon) = (comma, colon);
        }
    }

    public static object Filter(Bound call)
    {
        var json = new JsonText(call);
        json.Write(call[0]!, 0);
        return json._text.ToString();
    }

    private void Write(object value, int level)
    {
        Meter.Enter();
        switch (value)
        {
            case None:
                _text.Append("null");
                break;
            case bool flag:
                _text.Append(flag ? "true" : "false");
                break;
            case BigInteger number:
                _text.Append(Printing.Whole(number));
                break;
            case double number:
                _text.Append(Number(number));
                break;
            case string or Markup:
                Quote(Kinds.Text(value)!);
                break;
            case PyList list:
                Items(list.Items, level);
                break;
            case PyTuple tuple:
                Items(tuple.Items, level);
                break;
            case PyDict dict:
                Pairs(dict, level);
                break;
            default:
                throw JinjaException.Type($"Object of type {Kinds.Name(value)} is not JSON serializable");
        }

        Meter.Leave();
    }

    private void Items(IList<object> items, int level)
    {
        _text.Append('[');
        for (var at = 0; at < items.Count; at++)
        {
            _text.Append(at == 0 ? "" : _comma);
            Break(level + 1);
            Write(items[at], level + 1);
        }

        if (items.Count > 0)
        {
            Break(level);
        }

        _text.Append(']');
    }

    private void Pairs(PyDict dict, int level)
    {
        _text.Append('{');
        var pairs = new DictView("dict_items", dict).Items;
        var isFirst = true;
        foreach (var pair in _isSorted ? Ordering.Sorted(pairs, one => ((PyTuple)one).Items[0], reverse: false) : pairs)
        {
            var items = ((PyTuple)pair).Items;
            _text.Append(isFirst ? "" : _comma);
            isFirst = false;
            Break(level + 1);
            Quote(Key(items[0]));
            _text.Append(_colon);
            Write(items[1], level + 1);
        }

        if (!isFirst)
        {
            Break(level);
        }

        _text.Append('}');
    }

    private void Break(int level)
    {
        if (_indent is not null)
        {
            Meter.Allocate(1 + ((long)level * _indent.Length));
            _text.Append('\n').Insert(_text.Length, _indent, level);
        }
    }

    private static string Key(object key) =>
        key switch
        {
            None => "null",
            bool flag => flag ? "true" : "false",
            BigInteger number => Printing.Whole(number),
            double number => Number(number),
            _ => Kinds.Text(key)
                ?? throw JinjaException.Type($"keys must be str, int, float, bool or None, not {Kinds.Name(key)}"),
        };

    private static string Number(double number) =>
        double.IsNaN(number) ? "NaN"
        : double.IsInfinity(number) ? (number > 0 ? "Infinity" : "-Infinity")
        : Printing.Float(number);

    private void Quote(string text)
    {
        Meter.Allocate(text.Length);
        _text.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => _text.Append("\\\""),
                '\\' => _text.Append(@"\\"),
                '\n' => _text.Append(@"\n"),
                '\r' => _text.Append(@"\r"),
                '\t' => _text.Append(@"\t"),
                '\f' => _text.Append(@"\f"),
                '\b' => _text.Append(@"\b"),
                < ' ' => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                > '\u007f' when _isAscii => _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => _text.Append(c),
            };
        }

        _text.Append('"');
    }
}
