using System.Numerics;
using System.Text;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's <c>format % values</c>.</summary>
internal static class PercentFormat
{
    public static string Apply(string format, object values, bool escapes)
    {
        var items = values is PyTuple tuple ? tuple.Items : [values];
        var next = 0;
        var isNamed = false;
        var text = new StringBuilder();
        object Next() =>
            next < items.Length ? items[next++] : throw JinjaException.Type("not enough arguments for format string");

        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%')
            {
                text.Append(format[at]);
                continue;
            }

            at++;
            object? named = null;
            if (at < format.Length && format[at] == '(')
            {
                var close = format.IndexOf(')', at);
                var name = close < 0 ? throw JinjaException.Value("incomplete format key") : format[(at + 1)..close];
                var dict = values as PyDict ?? throw JinjaException.Type("format requires a mapping");
                named = dict.TryGet(name, out var found)
                    ? found
                    : throw new JinjaException("KeyError", Quoting.Repr(name));
                isNamed = true;
                at = close + 1;
            }

            var flags = at;
            while (at < format.Length && "#0- +".Contains(format[at], StringComparison.Ordinal))
            {
                at++;
            }

            var marks = format[flags..at];

            var width = Size(format, ref at, Next) ?? 0;
            var precision = -1;
            if (at < format.Length && format[at] == '.')
            {
                at++;
                precision = Size(format, ref at, Next) ?? 0;
            }

            while (at < format.Length && format[at] is 'l' or 'h' or 'L')
            {
                at++;
            }

            if (at >= format.Length)
            {
                throw JinjaException.Value("incomplete format");
            }

            if (format[at] == '%')
            {
                text.Append('%');
                continue;
            }

            var one = One(marks, width, precision, format[at], named ?? Next(), escapes);
            Meter.Allocate(one.Length);
            text.Append(one);
        }

        return next == items.Length || isNamed || values is PyDict or PyList
            ? text.ToString()
            : throw JinjaException.Type("not all arguments converted during string formatting");
    }

    private static int? Size(string format, ref int at, Func<object> next)
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            var size = Kinds.Whole(next()) ?? throw JinjaException.Type("* wants int");
            return size.Sign >= 0 && size <= FormatSpec.Widest
                ? (int)size
                : throw JinjaException.Value("a width or precision out of range");
        }

        return FormatSpec.Number(format, ref at);
    }

    private static string One(string flags, int width, int precision, char type, object value, bool escapes)
    {
        bool Has(char flag) => flags.Contains(flag, StringComparison.Ordinal);
        var zero = Has('0') && !Has('-');
        var spec = new FormatSpec(
            zero && type is not ('s' or 'r' or 'a' or 'c') ? "0" : " ",
            Has('-') ? '<'
                : zero ? '='
                : '>',
            Has('+') ? '+'
                : Has(' ') ? ' '
                : '-',
            Has('#'),
            width,
            '\0',
            precision,
            type
        );
        switch (type)
        {
            case 's' or 'r' or 'a':
                var shown = type == 's' ? Printing.Str(value) : Printing.Repr(value);
                shown = escapes && value is not Markup ? Markup.Escaped(shown) : shown;
                return (spec with { Type = 's', Align = Has('-') ? '<' : '>' }).Text(shown);
            case 'c':
                var character = Kinds.Text(value) ?? FormatSpec.Character(Kinds.Whole(value) ?? -1);
                return (spec with { Type = 's', Precision = -1, Align = Has('-') ? '<' : '>' }).Text(character);
            case 'd' or 'i' or 'u':
                var whole =
                    value is double real && double.IsFinite(real)
                        ? new BigInteger(Math.Truncate(real))
                        : Kinds.Whole(value) ?? throw Wanted(type, "a real number", value);
                return (spec with { Type = 'd' }).Whole(whole);
            case 'x' or 'X' or 'o':
                return spec.Whole(Kinds.Whole(value) ?? throw Wanted(type, "an integer", value));
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                return Kinds.IsNumber(value)
                    ? spec.Float(Arithmetic.Float(value))
                    : throw JinjaException.Type($"must be real number, not {Kinds.Name(value)}");
            default:
                throw JinjaException.Value($"unsupported format character '{type}'");
        }
    }

    private static JinjaException Wanted(char type, string wanted, object value) =>
        value is Undefined missing
            ? missing.Fail()
            : JinjaException.Type($"%{type} format: {wanted} is required, not {Kinds.Name(value)}");
}
