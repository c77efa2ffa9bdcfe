using System.Numerics;

namespace Finetune.Engine.Templates.Values;

/// <summary>Python's operators on values.</summary>
internal static class Arithmetic
{
    private const int MostBits = 1 << 16;

    public static object Apply(string sign, object a, object b)
    {
        if (a is Undefined missing)
        {
            throw missing.Fail();
        }

        if (sign == "%" && Kinds.Text(a) is { } format)
        {
            return Like(a, PercentFormat.Apply(format, b, a is Markup));
        }

        if (b is Undefined other)
        {
            throw other.Fail();
        }

        if (Kinds.IsNumber(a) && Kinds.IsNumber(b))
        {
            return a is double || b is double || sign == "/"
                ? (object)Floats(sign, a, b)
                : Wholes(sign, Kinds.Whole(a)!.Value, Kinds.Whole(b)!.Value);
        }

        return sign switch
        {
            "+" when Added(a, b) is { } sum => sum,
            "*" when Kinds.Whole(b) is { } times && Repeated(a, times) is { } repeated => repeated,
            "*" when Kinds.Whole(a) is { } times && Repeated(b, times) is { } repeated => repeated,
            "+" when Kinds.Text(a) is not null => throw JinjaException.Type(
                $"can only concatenate str (not \"{Kinds.Name(b)}\") to str"
            ),
            "+" when a is PyList or PyTuple => throw JinjaException.Type(
                $"can only concatenate {Kinds.Name(a)} (not \"{Kinds.Name(b)}\") to {Kinds.Name(a)}"
            ),
            _ => throw JinjaException.Type(
                $"unsupported operand type(s) for {(sign == "**" ? "** or pow()" : sign)}: "
                    + $"'{Kinds.Name(a)}' and '{Kinds.Name(b)}'"
            ),
        };
    }

    public static object Negate(object value) =>
        value switch
        {
            double number => -number,
            Undefined missing => throw missing.Fail(),
            _ => -(Kinds.Whole(value) ?? throw BadUnary("-", value)),
        };

    public static object Plus(object value) =>
        value switch
        {
            double => value,
            Undefined missing => throw missing.Fail(),
            _ => Kinds.Whole(value) ?? throw BadUnary("+", value),
        };

    /// <summary>A number as a float.</summary>
    public static double Float(object value)
    {
        var number = value is double real ? real : (double)Kinds.Whole(value)!.Value;
        return value is not double && double.IsInfinity(number)
            ? throw new JinjaException("OverflowError", "int too large to convert to float")
            : number;
    }

    private static JinjaException BadUnary(string sign, object value) =>
        JinjaException.Type($"bad operand type for unary {sign}: '{Kinds.Name(value)}'");

    private static object Like(object model, string text) => model is Markup ? new Markup(text) : text;

    private static object? Added(object a, object b)
    {
        if (Kinds.Text(a) is { } left && Kinds.Text(b) is { } right)
        {
            Meter.Allocate((long)left.Length + right.Length);
            return a is Markup || b is Markup
                ? new Markup(Markup.Escape(a).Text + Markup.Escape(b).Text)
                : left + right;
        }

        switch (a, b)
        {
            case (PyList x, PyList y):
                Meter.AllocateItems((long)x.Items.Count + y.Items.Count);
                return new PyList([.. x.Items, .. y.Items]);
            case (PyTuple x, PyTuple y):
                Meter.AllocateItems((long)x.Items.Length + y.Items.Length);
                return new PyTuple([.. x.Items, .. y.Items]);
            default:
                return null;
        }
    }

    private static object? Repeated(object value, BigInteger times)
    {
        var length = Kinds.Text(value)?.Length ?? (value as PyList)?.Items.Count ?? (value as PyTuple)?.Items.Length;
        if (length is null)
        {
            return null;
        }

        var total = BigInteger.Max(0, times) * length.Value;
        Meter.AllocateItems((long)BigInteger.Min(total, int.MaxValue));
        var count = total.IsZero ? 0 : (int)times;
        return value switch
        {
            PyList list => new PyList([.. Enumerable.Repeat(list.Items, count).SelectMany(one => one)]),
            PyTuple tuple => new PyTuple([.. Enumerable.Repeat(tuple.Items, count).SelectMany(one => one)]),
            _ => Like(value, string.Concat(Enumerable.Repeat(Kinds.Text(value)!, count))),
        };
    }

    private static double Floats(string sign, object a, object b)
    {
        var (x, y) = (Float(a), Float(b));
        if (sign is "/" or "//" or "%" && y == 0)
        {
            throw new JinjaException(
                "ZeroDivisionError",
                sign == "/" ? "division by zero" : "float floor division by zero"
            );
        }

        return sign switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => Math.Floor((x - Modulo(x, y)) / y + 0.5),
            "%" => Modulo(x, y),
            _ => Power(x, y),
        };
    }

    private static double Modulo(double x, double y)
    {
        var rest = x % y;
        return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
    }

    private static double Power(double x, double y)
    {
        if (x == 0 && y < 0)
        {
            throw new JinjaException("ZeroDivisionError", "0.0 cannot be raised to a negative power");
        }

        var power = Math.Pow(x, y);
        return double.IsInfinity(power) && double.IsFinite(x) && double.IsFinite(y)
                ? throw new JinjaException("OverflowError", "Numerical result out of range")
            : double.IsNaN(power) && !double.IsNaN(x) && !double.IsNaN(y)
                ? throw JinjaException.Value("a complex number")
            : power;
    }

    private static object Wholes(string sign, BigInteger x, BigInteger y)
    {
        switch (sign)
        {
            case "+":
                return Bounded(x + y);
            case "-":
                return Bounded(x - y);
            case "*":
                Meter.Look(x.GetBitLength() + y.GetBitLength());
                return Bounded(x * y);
            case "**":
                return Raised(x, y);
        }

        if (y.IsZero)
        {
            throw new JinjaException("ZeroDivisionError", "integer division or modulo by zero");
        }

        Meter.Look(x.GetBitLength());
        var quotient = BigInteger.DivRem(x, y, out var rest);
        var isOff = !rest.IsZero && (rest.Sign < 0) != (y.Sign < 0);
        return sign == "//" ? quotient - (isOff ? 1 : 0) : rest + (isOff ? y : 0);
    }

    private static object Raised(BigInteger x, BigInteger y)
    {
        if (y.Sign < 0)
        {
            return Power(Float(x), Float(y));
        }

        if (BigInteger.Abs(x) <= 1)
        {
            return BigInteger.Pow(x, y.IsEven ? 2 : 1) is var small && y.IsZero ? BigInteger.One : small;
        }

        var bits = y * (long)BigInteger.Abs(x).GetBitLength();
        return bits > 2 * MostBits ? throw TooLarge() : Bounded(BigInteger.Pow(x, (int)y));
    }

    private static BigInteger Bounded(BigInteger number)
    {
        Meter.Look(number.GetBitLength());
        return number.GetBitLength() > MostBits ? throw TooLarge() : number;
    }

    private static JinjaException TooLarge() => JinjaException.Limit($"an integer of more than {MostBits} bits");
}
