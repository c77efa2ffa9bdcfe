using System.Text;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's <c>str.format</c>, its lookups by the sandbox's rules.</summary>
internal static class BraceFormat
{
    public static string Apply(string format, IReadOnlyList<object> positional, Func<string, object?> named) =>
        new Pass(positional, named).Run(format, 0);

    private sealed class Pass(IReadOnlyList<object> positional, Func<string, object?> named)
    {
        private int _next;

        public string Run(string format, int level)
        {
            if (level > 2)
            {
                throw JinjaException.Value("Max string recursion exceeded");
            }

            var text = new StringBuilder();
            for (var at = 0; at < format.Length; at++)
            {
                var c = format[at];
                if (c is '{' or '}' && at + 1 < format.Length && format[at + 1] == c)
                {
                    text.Append(c);
                    at++;
                }
                else if (c == '}')
                {
                    throw JinjaException.Value("Single '}' encountered in format string");
                }
                else if (c == '{')
                {
                    var end = End(format, at + 1);
                    var one = Field(format[(at + 1)..end], level);
                    Meter.Allocate(one.Length);
                    text.Append(one);
                    at = end;
                }
                else
                {
                    text.Append(c);
                }
            }

            return text.ToString();
        }

        private static int End(string format, int at)
        {
            for (var depth = 1; at < format.Length; at++)
            {
                depth +=
                    format[at] == '{' ? 1
                    : format[at] == '}' ? -1
                    : 0;
                if (depth == 0)
                {
                    return at;
                }
            }

            throw JinjaException.Value("expected '}' before end of string");
        }

        private string Field(string field, int level)
        {
            var bracket = field.LastIndexOf(']');
            var colon = field.IndexOf(':', Math.Max(0, field.IndexOf('[', StringComparison.Ordinal) < 0 ? 0 : bracket));
            var (place, layout) = colon < 0 ? (field, "") : (field[..colon], field[(colon + 1)..]);
            var conversion = '\0';
            if (place.Length > 1 && place[^2] == '!')
            {
                conversion = place[^1];
                place = place[..^2];
            }

            var value = Value(place);
            value = conversion switch
            {
                '\0' => value,
                's' => Printing.Str(value),
                'r' or 'a' => Printing.Repr(value),
                _ => throw JinjaException.Value($"Unknown conversion specifier {conversion}"),
            };
            return FormatSpec.Parse(Run(layout, level + 1)).Apply(value);
        }

        private object Value(string place)
        {
            var end = place.AsSpan().IndexOfAny('.', '[');
            var first = end < 0 ? place : place[..end];
            object value;
            if (first.Length == 0 || first.All(char.IsAsciiDigit))
            {
                var at =
                    first.Length == 0 ? _next++
                    : int.TryParse(first, out var number) ? number
                    : int.MaxValue;
                value =
                    at < positional.Count
                        ? positional[at]
                        : throw new JinjaException(
                            "IndexError",
                            "Replacement index out of range for positional args tuple"
                        );
            }
            else
            {
                value = named(first) ?? throw new JinjaException("KeyError", Quoting.Repr(first));
            }

            for (var at = first.Length; at < place.Length; )
            {
                if (place[at] == '.')
                {
                    var stop = place.AsSpan(at + 1).IndexOfAny('.', '[');
                    var name = stop < 0 ? place[(at + 1)..] : place.Substring(at + 1, stop);
                    value = Members.Attribute(value, name);
                    at += 1 + name.Length;
                }
                else
                {
                    var close = place.IndexOf(']', at);
                    var key =
                        close < 0 ? throw JinjaException.Value("Missing ']' in format string") : place[(at + 1)..close];
                    value = Members.Item(
                        value,
                        key.Length > 0 && key.All(char.IsAsciiDigit)
                            ? System.Numerics.BigInteger.Parse(key, System.Globalization.CultureInfo.InvariantCulture)
                            : key
                    );
                    at = close + 1;
                }
            }

            return value;
        }
    }
}
