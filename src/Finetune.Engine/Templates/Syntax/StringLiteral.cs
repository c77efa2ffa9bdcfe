using System.Globalization;
using System.Text;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>A quoted text with Python's escapes.</summary>
internal static class StringLiteral
{
    public static Token Read(string source, ref int at, int line)
    {
        var quote = source[at];
        var text = new StringBuilder();
        for (var i = at + 1; i < source.Length; i++)
        {
            if (source[i] == quote)
            {
                at = i + 1;
                return new Token("string", text.ToString(), line);
            }

            if (source[i] == '\\' && i + 1 < source.Length)
            {
                i = Escape(source, i + 1, text, line);
            }
            else
            {
                text.Append(source[i]);
            }
        }

        throw new JinjaException(
            "TemplateSyntaxError",
            $"unexpected char {Values.Quoting.Repr(quote.ToString())} at {at}",
            line
        );
    }

    // Gives where its last character is.
    private static int Escape(string source, int at, StringBuilder text, int line)
    {
        switch (source[at])
        {
            case '\n':
                return at;
            case 'n':
                text.Append('\n');
                return at;
            case 't':
                text.Append('\t');
                return at;
            case 'r':
                text.Append('\r');
                return at;
            case 'a':
                text.Append('\a');
                return at;
            case 'b':
                text.Append('\b');
                return at;
            case 'f':
                text.Append('\f');
                return at;
            case 'v':
                text.Append('\v');
                return at;
            case '\\' or '\'' or '"':
                text.Append(source[at]);
                return at;
            case 'x':
                return Hexadecimal(source, at, 2, text, line);
            case 'u':
                return Hexadecimal(source, at, 4, text, line);
            case 'U':
                return Hexadecimal(source, at, 8, text, line);
            case 'N':
                throw new JinjaException("TemplateSyntaxError", "characters by name are not known here", line);
            case >= '0' and <= '7':
                var value = 0;
                var end = at;
                for (; end < source.Length && end < at + 3 && source[end] is >= '0' and <= '7'; end++)
                {
                    value = (value * 8) + source[end] - '0';
                }

                text.Append((char)value);
                return end - 1;
            default:
                text.Append('\\').Append(source[at]);
                return at;
        }
    }

    private static int Hexadecimal(string source, int at, int digits, StringBuilder text, int line)
    {
        if (
            at + digits >= source.Length
            || !uint.TryParse(
                source.AsSpan(at + 1, digits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var code
            )
            || code > 0x10FFFF
        )
        {
            throw new JinjaException("TemplateSyntaxError", $"truncated \\{source[at]} escape", line);
        }

        _ = code < 0x10000 ? text.Append((char)code) : text.Append(char.ConvertFromUtf32((int)code));
        return at + digits;
    }
}
