using System.Globalization;

namespace Finetune.Engine.Templates.Values;

/// <summary>Digits of a float that is not negative, by C's e, f and g.</summary>
internal static class FloatLayout
{
    private const int MostDigits = 1000;
    private const int MiddleDigits = 40;

    public static string Of(double number, char type, int precision, bool isAlternate)
    {
        if (!double.IsFinite(number))
        {
            var name = double.IsNaN(number) ? "nan" : "inf";
            return (char.IsUpper(type) ? name.ToUpperInvariant() : name) + (type == '%' ? "%" : "");
        }

        if (precision > MostDigits)
        {
            throw JinjaException.Limit($"a precision above {MostDigits}");
        }

        switch (type)
        {
            case '\0' when precision < 0:
                return Printing.Float(number);
            case 'f' or 'F':
                return Fixed(number, precision < 0 ? 6 : precision);
            case '%':
                return Fixed(number * 100, precision < 0 ? 6 : precision) + "%";
            case 'e' or 'E':
                var scientific = Scientific(number, precision < 0 ? 6 : precision);
                return type == 'E' ? scientific.ToUpperInvariant() : scientific;
            case 'g' or 'G' or 'n' or '\0':
                var general = General(number, precision < 0 ? 6 : Math.Max(1, precision), isAlternate, type == '\0');
                return type == 'G' ? general.ToUpperInvariant() : general;
            default:
                throw JinjaException.Value($"Unknown format code '{type}' for object of type 'float'");
        }
    }

    /// <summary>That many places after the point; a number in the very middle goes to the even digit.</summary>
    public static string Fixed(double number, int digits)
    {
        var longer = Formatted(number, 'F', digits + MiddleDigits);
        return IsMiddle(longer[^MiddleDigits..]) && IsEven(longer[^(MiddleDigits + (digits == 0 ? 2 : 1))])
            ? longer[..^(MiddleDigits + (digits == 0 ? 1 : 0))]
            : Formatted(number, 'F', digits);
    }

    // A double that differs from the middle of two decimals differs within this many digits.
    private static bool IsMiddle(string tail) => tail[0] == '5' && tail.AsSpan(1).IndexOfAnyExcept('0') < 0;

    private static bool IsEven(char digit) => (digit - '0') % 2 == 0;

    private static string Formatted(double number, char format, int digits) =>
        number.ToString(format + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Scientific(double number, int digits)
    {
        var text = Formatted(number, 'E', digits);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var longer = Formatted(number, 'E', digits + MiddleDigits);
        var cut = longer.IndexOf('E', StringComparison.Ordinal) - MiddleDigits;
        if (IsMiddle(longer.Substring(cut, MiddleDigits)) && IsEven(longer[cut - (digits == 0 ? 2 : 1)]))
        {
            var kept = cut - (digits == 0 ? 1 : 0);
            text = longer[..kept] + longer[(cut + MiddleDigits)..];
            mark = kept;
        }

        var exponent = int.Parse(text.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{text[..mark]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"
        );
    }

    private static string General(double number, int digits, bool keepsZeros, bool keepsOne)
    {
        var scientific = Scientific(number, digits - 1);
        var mark = scientific.IndexOf('e', StringComparison.Ordinal);
        var exponent = int.Parse(scientific.AsSpan(mark + 1), CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= (keepsOne ? Math.Max(1, digits - 1) : digits))
        {
            return (keepsZeros ? scientific[..mark] : Trimmed(scientific[..mark])) + scientific[mark..];
        }

        var plain = Fixed(number, Math.Max(0, digits - 1 - exponent));
        plain = keepsZeros ? plain : Trimmed(plain);
        return keepsOne && !plain.Contains('.', StringComparison.Ordinal) ? plain + ".0" : plain;
    }

    private static string Trimmed(string digits) =>
        digits.Contains('.', StringComparison.Ordinal) ? digits.TrimEnd('0').TrimEnd('.') : digits;
}
