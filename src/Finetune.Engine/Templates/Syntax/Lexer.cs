using Finetune.Engine.Templates.Values;

namespace Finetune.Engine.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens, white space trimmed as <c>trim_blocks</c> and <c>lstrip_blocks</c> say and the signs
/// in the tags.
/// </summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _counted;
    private bool _isLineStart = true;

    private Lexer(string source)
    {
        var text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        _source = text.EndsWith('\n') ? text[..^1] : text;
    }

    public static List<Token> Read(string source)
    {
        var lexer = new Lexer(source);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_at < _source.Length)
        {
            var tag = NextTag(_at);
            if (tag < 0)
            {
                Data(_source[_at..]);
                _at = _source.Length;
                break;
            }

            var sign = Sign(tag + 2);
            var kind = _source[tag + 1];
            Data(Trimmed(_source[_at..tag], sign, kind != '{'));
            _at = tag + 2 + (sign == '\0' ? 0 : 1);
            switch (kind)
            {
                case '#':
                    Comment(tag);
                    break;
                case '%' when RawBegin() is >= 0 and var body:
                    Raw(tag, body);
                    break;
                default:
                    Inside(kind == '%');
                    break;
            }
        }

        _tokens.Add(new Token("eof", "", Line(_source.Length)));
    }

    private int NextTag(int from)
    {
        for (var at = from; (at = _source.IndexOf('{', at)) >= 0 && at + 1 < _source.Length; at++)
        {
            if (_source[at + 1] is '%' or '{' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    private char Sign(int at) => at < _source.Length && _source[at] is '-' or '+' ? _source[at] : '\0';

    private string Trimmed(string text, char sign, bool isBlock)
    {
        if (sign == '-')
        {
            var end = text.Length;
            while (end > 0 && Points.IsSpace(text[end - 1]))
            {
                end--;
            }

            return text[..end];
        }

        if (sign == '+' || !isBlock)
        {
            return text;
        }

        var start = text.LastIndexOf('\n') + 1;
        return (start > 0 || _isLineStart) && text.AsSpan(start).IndexOfAnyExcept(" \t\v\f\r") < 0 ? text[..start]
            : (start > 0 || _isLineStart) && text[start..].All(Points.IsSpace) ? text[..start]
            : text;
    }

    private void Data(string text)
    {
        if (text.Length > 0)
        {
            _tokens.Add(new Token("data", text, Line(_at)));
        }
    }

    private int Line(int at)
    {
        for (; _counted < at; _counted++)
        {
            _line += _source[_counted] == '\n' ? 1 : 0;
        }

        return _line;
    }

    private void Comment(int tag)
    {
        var end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Fail("Missing end of comment tag", Line(tag));
        }

        var sign = end > _at && _source[end - 1] is '-' or '+' ? _source[end - 1] : '\0';
        _at = end + 2;
        Close(sign, trims: true);
    }

    // After a tag's end: a minus eats all white space, trim_blocks one line's end.
    private void Close(char sign, bool trims)
    {
        var end = _at;
        if (sign == '-')
        {
            while (_at < _source.Length && Points.IsSpace(_source[_at]))
            {
                _at++;
            }
        }
        else if (sign != '+' && trims && _at < _source.Length && _source[_at] == '\n')
        {
            _at++;
        }

        _isLineStart = _at > end && _source[_at - 1] == '\n';
    }

    private int Skip(int at)
    {
        while (at < _source.Length && Points.IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private bool Stands(string text, int at) => string.CompareOrdinal(_source, at, text, 0, text.Length) == 0;

    private int RawBegin()
    {
        var at = Skip(_at);
        if (!Stands("raw", at))
        {
            return -1;
        }

        at = Skip(at + 3);
        return Stands("%}", at) ? at + 2
            : Stands("-%}", at) ? Skip(at + 3)
            : -1;
    }

    private void Raw(int tag, int body)
    {
        _isLineStart = body > 0 && _source[body - 1] == '\n';
        for (var at = body; (at = _source.IndexOf("{%", at, StringComparison.Ordinal)) >= 0; at++)
        {
            var sign = Sign(at + 2);
            var word = Skip(at + 2 + (sign == '\0' ? 0 : 1));
            if (!Stands("endraw", word))
            {
                continue;
            }

            var end = Skip(word + 6);
            var endSign = Sign(end);
            end += endSign == '\0' ? 0 : 1;
            if (Stands("%}", end))
            {
                _at = body;
                Data(Trimmed(_source[body..at], sign, isBlock: true));
                _at = end + 2;
                Close(endSign, trims: true);
                return;
            }
        }

        throw Fail("Missing end of raw directive", Line(tag));
    }

    private void Inside(bool isBlock)
    {
        _tokens.Add(new Token(isBlock ? "begin" : "print", "", Line(_at)));
        var open = new Stack<char>();
        var end = isBlock ? "%}" : "}}";
        while (true)
        {
            _at = Skip(_at);
            if (_at >= _source.Length)
            {
                return;
            }

            if (open.Count == 0)
            {
                var sign = Sign(_at);
                sign = sign == '+' && !isBlock ? '\0' : sign;
                if (Stands(end, _at + (sign == '\0' ? 0 : 1)))
                {
                    _tokens.Add(new Token(isBlock ? "end" : "printed", "", Line(_at)));
                    _at += 2 + (sign == '\0' ? 0 : 1);
                    Close(sign, isBlock);
                    return;
                }
            }

            var token = TagLexer.Next(_source, ref _at, Line(_at));
            Balance(open, token);
            _tokens.Add(token);
        }
    }

    private static void Balance(Stack<char> open, Token token)
    {
        switch (token.Kind)
        {
            case "(":
                open.Push(')');
                break;
            case "[":
                open.Push(']');
                break;
            case "{":
                open.Push('}');
                break;
            case ")" or "]" or "}":
                if (!open.TryPop(out var wanted) || wanted != token.Kind[0])
                {
                    throw Fail(
                        $"unexpected '{token.Kind}'" + (wanted == '\0' ? "" : $", expected '{wanted}'"),
                        token.Line
                    );
                }

                break;
        }
    }

    private static JinjaException Fail(string message, int line) => new("TemplateSyntaxError", message, line);
}
