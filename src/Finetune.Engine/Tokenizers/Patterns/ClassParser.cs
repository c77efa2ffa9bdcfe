using System.Text;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>Reads <c>[...]</c> with ranges, nested classes, <c>&amp;&amp;</c>, POSIX names and escapes.</summary>
internal ref struct ClassParser(int[] text, ref int at)
{
    private readonly ref int _at = ref at;

    /// <summary>The set of the class; the place is just after its opening bracket, and is left after the closing one.</summary>
    public CodePointSet Parse()
    {
        var negative = Take('^');
        CodePointSet? meet = null;
        var set = CodePointSet.Empty;
        for (var first = true; ; first = false)
        {
            if (_at >= text.Length)
            {
                throw new FormatException("a [ without its ]");
            }

            if (text[_at] == ']' && !first)
            {
                _at++;
                break;
            }

            if (text[_at] == '&' && _at + 1 < text.Length && text[_at + 1] == '&')
            {
                _at += 2;
                meet = meet?.And(set) ?? set;
                set = CodePointSet.Empty;
                continue;
            }

            set = set.Or(Item());
        }

        set = meet?.And(set) ?? set;
        return negative ? set.Not() : set;
    }

    private CodePointSet Item()
    {
        if (text[_at] == '[')
        {
            _at++;
            return Posix() ?? new ClassParser(text, ref _at).Parse();
        }

        var low = Single(out var lowPoint);
        if (lowPoint < 0 || _at + 1 >= text.Length || text[_at] != '-' || text[_at + 1] is ']' or '[')
        {
            return low;
        }

        var back = _at++;
        var high = Single(out var highPoint);
        if (highPoint < 0)
        {
            // A class after the dash: the dash is itself.
            return low.Or(CodePointSet.Of('-')).Or(high);
        }

        return highPoint >= lowPoint
            ? CodePointSet.Range(lowPoint, highPoint)
            : throw new FormatException($"a range from high to low at character {back}");
    }

    private CodePointSet Single(out int point)
    {
        if (text[_at] == '\\')
        {
            _at++;
            var set = Escape(text, ref _at, inClass: true);
            point =
                set.Spans().FirstOrDefault((-1, -2)) is var (first, last) && first == last && set.Spans().Count() == 1
                    ? first
                    : -1;
            return set;
        }

        point = text[_at++];
        return CodePointSet.Of(point);
    }

    private CodePointSet? Posix()
    {
        if (_at >= text.Length || text[_at] != ':')
        {
            return null;
        }

        var end = Array.IndexOf(text, ':', _at + 1);
        if (end < 0 || end + 1 >= text.Length || text[end + 1] != ']')
        {
            return null;
        }

        var name = Name(text, _at + 1, end);
        var negative = name.StartsWith('^');
        if (UnicodeSets.Property(name.TrimStart('^')) is not { } set)
        {
            return null;
        }

        _at = end + 2;
        return negative ? set.Not() : set;
    }

    private bool Take(char c)
    {
        if (_at >= text.Length || text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>The set that an escape means; the place is just after the backslash.</summary>
    public static CodePointSet Escape(int[] text, ref int at, bool inClass = false)
    {
        if (at >= text.Length)
        {
            throw new FormatException("a \\ at the end");
        }

        var c = text[at++];
        switch (c)
        {
            case 's':
                return UnicodeSets.Space;
            case 'S':
                return UnicodeSets.Space.Not();
            case 'd':
                return UnicodeSets.Digit;
            case 'D':
                return UnicodeSets.Digit.Not();
            case 'w':
                return UnicodeSets.Word;
            case 'W':
                return UnicodeSets.Word.Not();
            case 'h':
                return UnicodeSets.Property("xdigit")!;
            case 'H':
                return UnicodeSets.Property("xdigit")!.Not();
            case 'p' or 'P':
                return Property(text, ref at, c == 'P');
            case 't':
                return CodePointSet.Of('\t');
            case 'n':
                return CodePointSet.Of('\n');
            case 'r':
                return CodePointSet.Of('\r');
            case 'f':
                return CodePointSet.Of('\f');
            case 'v':
                return CodePointSet.Of('\v');
            case 'a':
                return CodePointSet.Of(7);
            case 'e':
                return CodePointSet.Of(0x1B);
            case 'b' when inClass:
                return CodePointSet.Of(8);
            case 'x':
                return CodePointSet.Of(Hex(text, ref at, 0, 2));
            case 'u':
                return CodePointSet.Of(Hex(text, ref at, 4, 4));
            case '0':
                return CodePointSet.Of(Octal(text, ref at));
            default:
                return c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '1' and <= '9')
                    ? throw new FormatException($"\\{(char)c}, which is not supported")
                    : CodePointSet.Of(c);
        }
    }

    private static CodePointSet Property(int[] text, ref int at, bool negative)
    {
        var end = at < text.Length && text[at] == '{' ? Array.IndexOf(text, '}', at) : -1;
        if (end < 0)
        {
            throw new FormatException("\\p without {name}");
        }

        var name = Name(text, at + 1, end);
        at = end + 1;
        if (name.StartsWith('^'))
        {
            (negative, name) = (!negative, name[1..]);
        }

        var set =
            UnicodeSets.Property(name) ?? throw new FormatException($"the property {name}, which is not supported");
        return negative ? set.Not() : set;
    }

    private static int Hex(int[] text, ref int at, int least, int most)
    {
        var braced = least == 0 && at < text.Length && text[at] == '{';
        at += braced ? 1 : 0;
        var (value, digits) = (0, 0);
        while (
            at < text.Length && digits < (braced ? 8 : most) && text[at] < 128 && char.IsAsciiHexDigit((char)text[at])
        )
        {
            value = value * 16 + Convert.ToInt32(((char)text[at++]).ToString(), 16);
            digits++;
        }

        if (digits < least || (braced && (at >= text.Length || text[at++] != '}')) || !Rune.IsValid(value))
        {
            throw new FormatException("a broken \\x or \\u");
        }

        return value;
    }

    private static int Octal(int[] text, ref int at)
    {
        var value = 0;
        for (var digits = 0; digits < 2 && at < text.Length && text[at] is >= '0' and <= '7'; digits++)
        {
            value = value * 8 + (text[at++] - '0');
        }

        return value;
    }

    private static string Name(int[] text, int from, int to) =>
        string.Concat(text[from..to].Select(point => new Rune(point).ToString()));
}
