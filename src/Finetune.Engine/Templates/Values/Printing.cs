using System.Globalization;
using System.Numerics;
using System.Text;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's str() and repr().</summary>
internal static class Printing
{
    private const int LongestNumber = 4300;

    public static string Str(object value) =>
        value switch
        {
            string text => text,
            Markup markup => markup.Text,
            Undefined => "",
            _ => Repr(value),
        };

    public static string Repr(object value)
    {
        switch (value)
        {
            case None:
                return "None";
            case bool flag:
                return flag ? "True" : "False";
            case BigInteger number:
                return Whole(number);
            case double number:
                return Float(number);
        }

        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    public static string Whole(BigInteger number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        return text.Length <= LongestNumber
            ? text
            : throw JinjaException.Value("Exceeds the limit (4300 digits) for integer string conversion");
    }

    /// <summary>The shortest text that reads back as the number, as Python writes it.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan"
                : number > 0 ? "inf"
                : "-inf";
        }

        if (number == 0)
        {
            return double.IsNegative(number) ? "-0.0" : "0.0";
        }

        var shortest = number.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits <= 16; digits++)
        {
            var tried = number.ToString(
                "E" + digits.ToString(CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture
            );
            if (double.Parse(tried, CultureInfo.InvariantCulture).Equals(number))
            {
                shortest = tried;
                break;
            }
        }

        var sign = shortest[0] == '-' ? "-" : "";
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        var mantissa = shortest[sign.Length..mark].Replace(".", "", StringComparison.Ordinal);
        var exponent = int.Parse(shortest.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        return sign + Placed(mantissa, exponent);
    }

    private static string Placed(string digits, int exponent)
    {
        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"
            );
        }

        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1
            ? digits.PadRight(exponent + 1, '0') + ".0"
            : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static void Append(StringBuilder text, object value)
    {
        Meter.Enter();
        switch (value)
        {
            case PyList list:
                Joined(text, "[", list.Items, "]");
                break;
            case PyTuple tuple:
                Joined(text, "(", tuple.Items, tuple.Items.Length == 1 ? ",)" : ")");
                break;
            case PyDict dict:
                Pairs(text, dict);
                break;
            case DictView view:
                Joined(text, view.Kind + "([", view.Items, "])");
                break;
            case Namespace names:
                text.Append("<Namespace ");
                Pairs(text, names.Values);
                text.Append('>');
                break;
            default:
                var one = One(value);
                Meter.Allocate(one.Length);
                text.Append(one);
                break;
        }

        Meter.Leave();
    }

    private static string One(object value) =>
        value switch
        {
            string text => Quoting.Repr(text),
            Markup markup => $"Markup({Quoting.Repr(markup.Text)})",
            None or bool or BigInteger or double => Repr(value),
            Undefined => "Undefined",
            PyRange { Increment.IsOne: true } range => $"range({range.Start}, {range.Stop})",
            PyRange range => $"range({range.Start}, {range.Stop}, {range.Increment})",
            PyIterator iterator => $"<{iterator.Kind} object>",
            _ => value.ToString() ?? "",
        };

    private static void Joined(StringBuilder text, string open, IEnumerable<object> items, string close)
    {
        text.Append(open);
        var isFirst = true;
        foreach (var item in items)
        {
            text.Append(isFirst ? "" : ", ");
            isFirst = false;
            Append(text, item);
        }

        text.Append(close);
    }

    private static void Pairs(StringBuilder text, PyDict dict)
    {
        text.Append('{');
        var isFirst = true;
        foreach (var (key, value) in dict.Pairs)
        {
            text.Append(isFirst ? "" : ", ");
            isFirst = false;
            Append(text, key);
            text.Append(": ");
            Append(text, value);
        }

        text.Append('}');
    }
}
