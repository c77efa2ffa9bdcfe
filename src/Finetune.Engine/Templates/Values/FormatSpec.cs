using System.Globalization;
using System.Numerics;

namespace Finetune.Engine.Templates.Values;

/// <summary>How a value is laid out: Python's format specification, which % formats are turned into too.</summary>
internal sealed record FormatSpec(
    string Fill = " ",
    char Align = '\0',
    char Sign = '-',
    bool IsAlternate = false,
    int Width = 0,
    char Grouping = '\0',
    int Precision = -1,
    char Type = '\0'
)
{
    public const int Widest = 1_000_000;

    public static FormatSpec Parse(string text)
    {
        var spec = new FormatSpec();
        var at = 0;
        var first = text.Length > 0 ? Points.Size(text, 0) : 0;
        if (text.Length > first && "<>=^".Contains(text[first], StringComparison.Ordinal))
        {
            spec = spec with { Fill = text[..first], Align = text[first] };
            at = first + 1;
        }
        else if (text.Length > 0 && "<>=^".Contains(text[0], StringComparison.Ordinal))
        {
            spec = spec with { Align = text[0] };
            at = 1;
        }

        if (at < text.Length && "+- ".Contains(text[at], StringComparison.Ordinal))
        {
            spec = spec with { Sign = text[at++] };
        }

        if (at < text.Length && text[at] == '#')
        {
            spec = spec with { IsAlternate = true };
            at++;
        }

        if (at < text.Length && text[at] == '0')
        {
            spec = spec.Align == '\0' ? spec with { Fill = "0", Align = '=' } : spec;
            at++;
        }

        spec = spec with { Width = Number(text, ref at) ?? 0 };
        if (at < text.Length && text[at] is ',' or '_')
        {
            spec = spec with { Grouping = text[at++] };
        }

        if (at < text.Length && text[at] == '.')
        {
            at++;
            spec = spec with
            {
                Precision = Number(text, ref at) ?? throw JinjaException.Value("Format specifier missing precision"),
            };
        }

        if (at < text.Length)
        {
            spec = spec with { Type = text[at++] };
        }

        return at == text.Length ? spec : throw JinjaException.Value("Invalid format specifier");
    }

    public static int? Number(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return start == at ? null
            : int.TryParse(text.AsSpan(start, at - start), CultureInfo.InvariantCulture, out var number)
            && number <= Widest
                ? number
            : throw JinjaException.Value("Too many decimal digits in format string");
    }

    public string Apply(object value) =>
        value switch
        {
            _ when Kinds.Text(value) is { } text => Text(text),
            bool when Type == '\0' && Width == 0 => Printing.Str(value),
            BigInteger or bool when "eEfFgG%".Contains(Type, StringComparison.Ordinal) && Type != '\0' => Float(
                Arithmetic.Float(value)
            ),
            BigInteger or bool => Whole(Kinds.Whole(value)!.Value),
            double number => Float(number),
            _ when this == new FormatSpec() => Printing.Str(value),
            _ => throw JinjaException.Type($"unsupported format string passed to {Kinds.Name(value)}.__format__"),
        };

    public string Text(string text)
    {
        if (Type is not ('\0' or 's') || Align == '=' && Fill != "0")
        {
            throw JinjaException.Value($"Unknown format code '{Type}' for object of type 'str'");
        }

        var cut = Precision >= 0 && Precision < Points.Count(text) ? Points.Slice(text, 0, Precision) : text;
        return Padded("", cut, Align is '\0' or '=' ? '<' : Align);
    }

    public string Whole(BigInteger number)
    {
        var size = BigInteger.Abs(number);
        var (digits, prefix) = Type switch
        {
            '\0' or 'd' or 'n' or 'i' or 'u' => (Printing.Whole(size), ""),
            'x' => (Radix(size, 16), "0x"),
            'X' => (Radix(size, 16).ToUpperInvariant(), "0X"),
            'o' => (Radix(size, 8), "0o"),
            'b' => (Radix(size, 2), "0b"),
            'c' => (Character(number), ""),
            _ => throw JinjaException.Value($"Unknown format code '{Type}' for object of type 'int'"),
        };
        digits = digits.PadLeft(Math.Max(0, Precision), '0');
        return Padded(
            Signed(number.Sign < 0) + (IsAlternate ? prefix : ""),
            Grouped(digits),
            Align == '\0' ? '>' : Align
        );
    }

    public string Float(double number)
    {
        var isNegative = double.IsNegative(number) && !double.IsNaN(number);
        var digits = FloatLayout.Of(Math.Abs(number), Type, Precision, IsAlternate);
        return Padded(Signed(isNegative), Grouped(digits), Align == '\0' ? '>' : Align);
    }

    public static string Character(BigInteger number) =>
        number >= 0 && number <= 0x10FFFF && (number < 0xD800 || number > 0xDFFF)
            ? char.ConvertFromUtf32((int)number)
            : throw new JinjaException("OverflowError", "%c arg not in range(0x110000)");

    private string Signed(bool isNegative) =>
        isNegative ? "-"
        : Sign == '-' ? ""
        : Sign.ToString();

    private string Grouped(string digits)
    {
        if (Grouping == '\0')
        {
            return digits;
        }

        var whole = 0;
        while (whole < digits.Length && char.IsAsciiLetterOrDigit(digits[whole]) && digits[whole] != 'e')
        {
            whole++;
        }

        var every = Type is 'x' or 'X' or 'b' or 'o' ? 4 : 3;
        var grouped = digits[..whole];
        for (var at = whole - every; at > 0; at -= every)
        {
            grouped = grouped.Insert(at, Grouping.ToString());
        }

        return grouped + digits[whole..];
    }

    private string Padded(string head, string body, char align)
    {
        var missing = Width - Points.Count(head) - Points.Count(body);
        if (missing <= 0)
        {
            return head + body;
        }

        Meter.Allocate(missing);
        var left = align switch
        {
            '<' => 0,
            '^' => missing / 2,
            _ => missing,
        };
        var before = string.Concat(Enumerable.Repeat(Fill, left));
        var after = string.Concat(Enumerable.Repeat(Fill, missing - left));
        return align == '=' ? head + before + body : before + head + body + after;
    }

    private static string Radix(BigInteger number, int radix)
    {
        var digits = new System.Text.StringBuilder();
        do
        {
            number = BigInteger.DivRem(number, radix, out var digit);
            digits.Insert(0, "0123456789abcdef"[(int)digit]);
            Meter.Look(digits.Length);
        } while (!number.IsZero);

        return digits.ToString();
    }
}
