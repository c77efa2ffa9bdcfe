using System.Globalization;
using System.Numerics;
using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Filters;

/// <summary>Python's int() and float(); null where they raise.</summary>
internal static class NumberReading
{
    public static object? Int(object value, int radix)
    {
        if (value is Undefined missing)
        {
            throw missing.Fail();
        }

        var text = Kinds.Text(value);
        if (text is not null && Whole(text, radix) is { } whole)
        {
            return whole;
        }

        var number = text is null ? value : Float(text);
        return number switch
        {
            double real => double.IsFinite(real) ? new BigInteger(Math.Truncate(real)) : null,
            null => null,
            _ => Kinds.Whole(number),
        };
    }

    public static double? Float(object value)
    {
        switch (value)
        {
            case Undefined missing:
                throw missing.Fail();
            case BigInteger or bool or double:
                return Arithmetic.Float(value);
        }

        if (Kinds.Text(value)?.Trim() is not { } text)
        {
            return null;
        }

        var plain = Ungrouped(text);
        return plain?.TrimStart('+', '-').ToLowerInvariant() switch
        {
            null => null,
            "inf" or "infinity" => plain[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            "nan" => double.NaN,
            _ => double.TryParse(
                plain,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var number
            ) && char.IsAsciiDigit(plain.TrimEnd('.')[^1])
                ? number
                : null,
        };
    }

    private static BigInteger? Whole(string text, int radix)
    {
        const int longest = 4300;
        if (Ungrouped(text.Trim()) is not { Length: > 0 and <= longest } plain)
        {
            return null;
        }

        var isNegative = plain[0] == '-';
        var digits = plain[0] is '-' or '+' ? plain[1..] : plain;
        if (
            digits.Length > 2
            && digits[0] == '0'
            && Prefix(digits[1]) is var own and > 0
            && (radix == own || radix == 0)
        )
        {
            (digits, radix) = (digits[2..], own);
        }

        radix = radix == 0 ? 10 : radix;
        if (digits.Length == 0 || radix is < 2 or > 36)
        {
            return null;
        }

        var sum = BigInteger.Zero;
        foreach (var c in digits)
        {
            var digit =
                char.IsAsciiDigit(c) ? c - '0'
                : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10
                : 99;
            if (digit >= radix)
            {
                return null;
            }

            sum = (sum * radix) + digit;
        }

        return isNegative ? -sum : sum;
    }

    private static int Prefix(char c) =>
        char.ToLowerInvariant(c) switch
        {
            'x' => 16,
            'o' => 8,
            'b' => 2,
            _ => 0,
        };

    // Underscores may stand between digits.
    private static string? Ungrouped(string text)
    {
        if (!text.Contains('_', StringComparison.Ordinal))
        {
            return text.Length == 0 ? null : text;
        }

        for (var at = 0; at < text.Length; at++)
        {
            if (
                text[at] == '_'
                && (
                    at == 0
                    || at + 1 == text.Length
                    || !char.IsAsciiLetterOrDigit(text[at - 1])
                    || !char.IsAsciiLetterOrDigit(text[at + 1])
                )
            )
            {
                return null;
            }
        }

        return text.Replace("_", "", StringComparison.Ordinal);
    }
}
