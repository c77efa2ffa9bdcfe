using System.Globalization;
using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Filters on and to numbers.</summary>
internal static class NumberFilters
{
    public static void Add(AddFilter add)
    {
        add("abs", "x /", call => Abs(call[0]!));
        add(
            "int",
            "value default? base?",
            call => NumberReading.Int(call[0]!, call.Int(2, 10)) ?? call[1] ?? BigInteger.Zero
        );
        add("float", "value default?", call => NumberReading.Float(call[0]!) is { } number ? number : call[1] ?? 0.0);
        add("round", "value precision? method?", Round);
        add("filesizeformat", "value binary?", FileSize);
    }

    private static object Abs(object value) =>
        value switch
        {
            double number => Math.Abs(number),
            Undefined missing => throw missing.Fail(),
            _ => BigInteger.Abs(
                Kinds.Whole(value) ?? throw JinjaException.Type($"bad operand type for abs(): '{Kinds.Name(value)}'")
            ),
        };

    private static object Round(Bound call)
    {
        var (value, digits, method) = (call[0]!, call.Int(1, 0), call.Text(2, "common"));
        if (method is not ("common" or "ceil" or "floor"))
        {
            throw new JinjaException("FilterArgumentError", "method must be common, ceil or floor");
        }

        if (value is Undefined missing)
        {
            throw missing.Fail();
        }

        if (!Kinds.IsNumber(value))
        {
            throw JinjaException.Type($"type {Kinds.Name(value)} doesn't define __round__ method");
        }

        if (method != "common")
        {
            var scale = Math.Pow(10, digits);
            var scaled = Arithmetic.Float(value) * scale;
            return (method == "ceil" ? Math.Ceiling(scaled) : Math.Floor(scaled)) / scale;
        }

        if (value is not double number)
        {
            var whole = Kinds.Whole(value)!.Value;
            return digits >= 0 ? whole : RoundWhole(whole, -digits);
        }

        return !double.IsFinite(number) || digits > 300 ? number
            : digits >= 0 ? double.Parse(FloatLayout.Fixed(number, digits), CultureInfo.InvariantCulture)
            : Math.Round(number / Math.Pow(10, -digits), MidpointRounding.ToEven) * Math.Pow(10, -digits);
    }

    private static BigInteger RoundWhole(BigInteger number, int digits)
    {
        if (digits > 1000)
        {
            return BigInteger.Zero;
        }

        var unit = BigInteger.Pow(10, digits);
        var quotient = BigInteger.DivRem(BigInteger.Abs(number), unit, out var rest);
        var order = (2 * rest).CompareTo(unit);
        quotient += order > 0 || (order == 0 && !quotient.IsEven) ? 1 : 0;
        return quotient * unit * number.Sign;
    }

    private static string FileSize(Bound call)
    {
        var size = NumberReading.Float(call[0]!) ?? throw JinjaException.Value("could not convert to float");
        var isBinary = call.Flag(1);
        double radix = isBinary ? 1024 : 1000;
        if (size == 1)
        {
            return "1 Byte";
        }

        if (size < radix)
        {
            return $"{Math.Truncate(size).ToString("F0", CultureInfo.InvariantCulture)} Bytes";
        }

        var unit = radix;
        var at = 0;
        for (; at < 7 && size >= unit * radix; at++)
        {
            unit *= radix;
        }

        var prefix = (isBinary ? "KMGTPEZY" : "kMGTPEZY")[at];
        return string.Create(CultureInfo.InvariantCulture, $"{size / unit:F1} {prefix}{(isBinary ? "iB" : "B")}");
    }
}
