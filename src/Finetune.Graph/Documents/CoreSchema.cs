using System.Globalization;
using System.Text.RegularExpressions;

namespace Finetune.Graph.Documents;

/// <summary>The YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema).</summary>
public static partial class CoreSchema
{
    /// <summary>The typed value of a scalar: null, bool, long, double or string; quoted scalars are strings.</summary>
    public static object? Resolve(string text, bool isPlain)
    {
        if (!isPlain)
        {
            return text;
        }

        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => true,
            "false" or "False" or "FALSE" => false,
            ".nan" or ".NaN" or ".NAN" => double.NaN,
            ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" => double.PositiveInfinity,
            "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
            _ => Number(text) ?? text,
        };
    }

    private static object? Number(string text)
    {
        if (Integer().IsMatch(text))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
                ? whole
                : (object)double.Parse(text, CultureInfo.InvariantCulture);
        }

        if (Hexadecimal().IsMatch(text))
        {
            return long.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hex)
                ? hex
                : null;
        }

        if (Octal().IsMatch(text))
        {
            // 21 octal digits are 63 bits: they always fit.
            return Convert.ToInt64(text[2..], 8);
        }

        return Float().IsMatch(text) ? double.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    [GeneratedRegex("^[-+]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex("^0x[0-9a-fA-F]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex("^0o[0-7]{1,21}$", RegexOptions.CultureInvariant)]
    private static partial Regex Octal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Float();
}
