using System.Globalization;
using System.Text;

namespace Finetune.Engine.Templates.Running;

/// <summary>Python's strftime on a time without a zone, in the C locale with glibc's flags.</summary>
internal static class Strftime
{
    public static string Format(DateTime time, string format)
    {
        var text = new StringBuilder();
        for (var at = 0; at < format.Length; at++)
        {
            if (format[at] != '%' || at + 1 == format.Length)
            {
                text.Append(format[at]);
                continue;
            }

            var flag = format[++at] is '-' or '_' or '0' or '^' or '#' ? format[at++] : '\0';
            if (at == format.Length)
            {
                return text.Append('%').Append(flag).ToString();
            }

            text.Append(Flagged(One(time, format[at]) ?? "%" + format[at], flag));
        }

        return text.ToString();
    }

    private static string Flagged(string text, char flag) =>
        flag switch
        {
            '-' => text.TrimStart('0', ' ') is { Length: > 0 } trimmed ? trimmed : text[^1..],
            '_' => text.TrimStart('0').PadLeft(text.Length),
            '0' => text.TrimStart(' ').PadLeft(text.Length, '0'),
            '^' => text.ToUpperInvariant(),
            _ => text,
        };

    private static string? One(DateTime time, char code) =>
        code switch
        {
            'a' => Net(time, "ddd"),
            'A' => Net(time, "dddd"),
            'b' or 'h' => Net(time, "MMM"),
            'B' => Net(time, "MMMM"),
            'c' => Net(time, "ddd MMM ") + Padded(time.Day, 2, ' ') + Net(time, " HH:mm:ss yyyy"),
            'C' => Padded(time.Year / 100, 2, '0'),
            'd' => Net(time, "dd"),
            'D' or 'x' => Net(time, "MM/dd/yy"),
            'e' => Padded(time.Day, 2, ' '),
            'f' => Net(time, "ffffff"),
            'F' => Net(time, "yyyy-MM-dd"),
            'g' => Padded(ISOWeek.GetYear(time) % 100, 2, '0'),
            'G' => Padded(ISOWeek.GetYear(time), 4, '0'),
            'H' => Net(time, "HH"),
            'I' => Net(time, "hh"),
            'j' => Padded(time.DayOfYear, 3, '0'),
            'k' => Padded(time.Hour, 2, ' '),
            'l' => Padded(((time.Hour + 11) % 12) + 1, 2, ' '),
            'm' => Net(time, "MM"),
            'M' => Net(time, "mm"),
            'n' => "\n",
            'p' => time.Hour < 12 ? "AM" : "PM",
            'P' => time.Hour < 12 ? "am" : "pm",
            'r' => Net(time, "hh:mm:ss ") + One(time, 'p'),
            'R' => Net(time, "HH:mm"),
            's' => new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'S' => Net(time, "ss"),
            't' => "\t",
            'T' or 'X' => Net(time, "HH:mm:ss"),
            'u' => Padded(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1, '0'),
            'U' => Padded((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7, 2, '0'),
            'V' => Padded(ISOWeek.GetWeekOfYear(time), 2, '0'),
            'w' => Padded((int)time.DayOfWeek, 1, '0'),
            'W' => Padded((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2, '0'),
            'y' => Net(time, "yy"),
            'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
            'z' or 'Z' => "",
            '%' => "%",
            _ => null,
        };

    private static string Net(DateTime time, string format) => time.ToString(format, CultureInfo.InvariantCulture);

    private static string Padded(int number, int width, char fill) =>
        number.ToString(CultureInfo.InvariantCulture).PadLeft(width, fill);
}
