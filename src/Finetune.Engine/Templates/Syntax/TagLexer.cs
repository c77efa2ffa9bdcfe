using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>Tokens within a tag: names, literals, operators.</summary>
internal static partial class TagLexer
{
    private static readonly string[] Operators =
    [
        "//",
        "**",
        "==",
        "!=",
        ">=",
        "<=",
        "+",
        "-",
        "/",
        "*",
        "%",
        "~",
        "[",
        "]",
        "(",
        ")",
        "{",
        "}",
        ">",
        "<",
        "=",
        ".",
        ":",
        "|",
        ",",
        ";",
    ];

    public static Token Next(string source, ref int at, int line)
    {
        var start = at;
        var c = source[at];
        if (char.IsAsciiDigit(c))
        {
            return Number(source, ref at, line);
        }

        if (char.IsLetter(c) || c == '_')
        {
            while (at < source.Length && (char.IsLetterOrDigit(source[at]) || source[at] == '_'))
            {
                at++;
            }

            return new Token("name", source[start..at], line);
        }

        if (c is '\'' or '"')
        {
            return StringLiteral.Read(source, ref at, line);
        }

        foreach (var sign in Operators)
        {
            if (string.CompareOrdinal(source, at, sign, 0, sign.Length) == 0)
            {
                at += sign.Length;
                return new Token(sign, sign, line);
            }
        }

        throw new JinjaException(
            "TemplateSyntaxError",
            $"unexpected char {Values.Quoting.Repr(c.ToString())} at {at}",
            line
        );
    }

    private static Token Number(string source, ref int at, int line)
    {
        var match = at > 0 && source[at - 1] == '.' ? Match.Empty : Float().Match(source, at);
        if (match.Success)
        {
            at += match.Length;
            var text = match.Value.Replace("_", "", StringComparison.Ordinal);
            return new Token("float", text, line, double.Parse(text, CultureInfo.InvariantCulture));
        }

        match = Integer().Match(source, at);
        at += match.Length;
        return new Token(
            "integer",
            match.Value,
            line,
            Whole(match.Value.Replace("_", "", StringComparison.Ordinal), line)
        );
    }

    private static BigInteger Whole(string text, int line)
    {
        const int longest = 4300;
        if (text.Length > longest)
        {
            throw new JinjaException("TemplateSyntaxError", $"an integer of more than {longest} digits", line);
        }

        var radix =
            text.Length < 2
                ? 10
                : char.ToLowerInvariant(text[1]) switch
                {
                    'b' => 2,
                    'o' => 8,
                    'x' => 16,
                    _ => 10,
                };
        return radix == 10
            ? BigInteger.Parse(text, CultureInfo.InvariantCulture)
            : text[2..]
                .Aggregate(BigInteger.Zero, (sum, digit) => (sum * radix) + Convert.ToInt32(digit.ToString(), 16));
    }

    [GeneratedRegex(@"\G([0-9]+_)*[0-9]+((\.([0-9]+_)*[0-9]+)?[eE][+\-]?([0-9]+_)*[0-9]+|\.([0-9]+_)*[0-9]+)")]
    private static partial Regex Float();

    [GeneratedRegex(@"\G(0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|[1-9](_?[0-9])*|0(_?0)*)")]
    private static partial Regex Integer();
}
