using System.Globalization;
using static Finetune.Engine.Tokenizers.Patterns.PatternNode;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>
/// Reads a regular expression in Oniguruma's own syntax, which is what tokenizer.json files are written in: <c>^</c>
/// and <c>$</c> are of lines, <c>(?m)</c> lets the dot match a newline, <c>{n,m}+</c> repeats the repeat, and
/// <c>{n}?</c> makes it optional. References back into the match, recursion and conditions are refused.
/// </summary>
internal sealed class PatternParser
{
    private readonly int[] _text;
    private int _at;
    private bool _ignoreCase;
    private bool _dotAll;
    private bool _extended;

    private PatternParser(string pattern) => _text = [.. pattern.EnumerateRunes().Select(rune => rune.Value)];

    /// <exception cref="FormatException">The pattern is broken or asks for what is not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var node = parser.Alternatives();
        return parser._at == parser._text.Length ? node : throw parser.Bad("a ) without its (");
    }

    private PatternNode Alternatives()
    {
        // An option like (?i) holds to the end of its group.
        var options = (_ignoreCase, _dotAll, _extended);
        var choices = new List<PatternNode> { Sequence() };
        while (Take('|'))
        {
            choices.Add(Sequence());
        }

        (_ignoreCase, _dotAll, _extended) = options;
        return choices.Count == 1 ? choices[0] : new Either(choices);
    }

    private Concat Sequence()
    {
        var parts = new List<PatternNode>();
        while (_at < _text.Length && _text[_at] is not ('|' or ')'))
        {
            if (_extended && SkipBlank())
            {
                continue;
            }

            parts.Add(Quantified(Atom()));
        }

        return new Concat(parts);
    }

    private PatternNode Quantified(PatternNode node)
    {
        while (_at < _text.Length)
        {
            int min,
                max;
            var (suffixes, possessive) = (true, true);
            switch (_text[_at])
            {
                case '*':
                    (min, max) = (0, -1);
                    _at++;
                    break;
                case '+':
                    (min, max) = (1, -1);
                    _at++;
                    break;
                case '?':
                    (min, max) = (0, 1);
                    _at++;
                    break;
                case '{' when Interval(out min, out max):
                    // Oniguruma: {n,m}+ is a repeat of a repeat, and {n}? an optional one.
                    possessive = false;
                    suffixes = min != max;
                    break;
                default:
                    return node;
            }

            var greed = Greed.Greedy;
            if (suffixes && Take('?'))
            {
                greed = Greed.Lazy;
            }
            else if (possessive && Take('+'))
            {
                greed = Greed.Possessive;
            }

            node = new Repeat(node, min, max, greed);
        }

        return node;
    }

    private bool Interval(out int min, out int max)
    {
        var back = _at++;
        var low = Number();
        max = low ?? 0;
        if (Take(','))
        {
            var high = Number();
            max = high ?? -1;
            if (low is null && high is null)
            {
                max = 0;
                low = null;
                min = 0;
                _at = back;
                return false;
            }
        }
        else if (low is null)
        {
            min = 0;
            _at = back;
            return false;
        }

        min = low ?? 0;
        if (!Take('}'))
        {
            _at = back;
            return false;
        }

        return max == -1 || min <= max ? true : throw Bad("a repeat whose least is more than its most");
    }

    private int? Number()
    {
        var from = _at;
        var number = 0;
        while (_at < _text.Length && _text[_at] is >= '0' and <= '9')
        {
            number = number * 10 + (_text[_at++] - '0');
            if (number > 100_000)
            {
                throw Bad("a repeat of more than 100000");
            }
        }

        return _at == from ? null : number;
    }

    private PatternNode Atom()
    {
        var c = _text[_at++];
        return c switch
        {
            '(' => Group(),
            '[' => new One(Folded(new ClassParser(_text, ref _at).Parse())),
            '.' => new One(_dotAll ? CodePointSet.All : CodePointSet.Of('\n').Not()),
            '^' => new Place(Anchor.LineStart),
            '$' => new Place(Anchor.LineEnd),
            '\\' => Escape(),
            '*' or '+' or '?' => throw Bad("a repeat of nothing"),
            _ => new One(Folded(CodePointSet.Of(c))),
        };
    }

    private PatternNode Escape()
    {
        if (_at == _text.Length)
        {
            throw Bad("a \\ at the end");
        }

        Anchor? anchor = _text[_at] switch
        {
            'A' => Anchor.TextStart,
            'z' => Anchor.TextEnd,
            'Z' => Anchor.TextEndOrLastNewline,
            'b' => Anchor.WordBoundary,
            'B' => Anchor.NotWordBoundary,
            'G' => Anchor.SearchStart,
            _ => null,
        };
        if (anchor is { } place)
        {
            _at++;
            return new Place(place);
        }

        switch (_text[_at])
        {
            case 'R':
                _at++;
                var pair = new Concat([new One(CodePointSet.Of('\r')), new One(CodePointSet.Of('\n'))]);
                var single = new One(CodePointSet.Ranges((0xA, 0xD), (0x85, 0x85), (0x2028, 0x2029)));
                return new Atomic(new Either([pair, single]));
            case 'N':
                _at++;
                return new One(CodePointSet.Of('\n').Not());
            case 'O':
                _at++;
                return new One(CodePointSet.All);
            case 'K' or 'X' or 'k' or 'g' or 'y' or 'Y' or (>= '1' and <= '9'):
                throw Bad($"\\{(char)_text[_at]}, which is not supported");
            default:
                return new One(Folded(ClassParser.Escape(_text, ref _at)));
        }
    }

    private PatternNode Group()
    {
        if (!Take('?'))
        {
            return Closed(Alternatives());
        }

        if (Take(':'))
        {
            return Closed(Alternatives());
        }

        if (Take('='))
        {
            return new Look(Closed(Alternatives()), false, false);
        }

        if (Take('!'))
        {
            return new Look(Closed(Alternatives()), false, true);
        }

        if (Take('>'))
        {
            return new Atomic(Closed(Alternatives()));
        }

        if (Take('#'))
        {
            while (_at < _text.Length && _text[_at] != ')')
            {
                _at++;
            }

            return Closed(new Concat([]));
        }

        if (Take('<'))
        {
            if (Take('='))
            {
                return new Look(Closed(Alternatives()), true, false);
            }

            if (Take('!'))
            {
                return new Look(Closed(Alternatives()), true, true);
            }

            while (_at < _text.Length && _text[_at] != '>')
            {
                _at++;
            }

            return Take('>') ? Closed(Alternatives()) : throw Bad("a group name without its >");
        }

        return Options();
    }

    private PatternNode Options()
    {
        var before = (_ignoreCase, _dotAll, _extended);
        var on = true;
        while (_at < _text.Length && _text[_at] is not (':' or ')'))
        {
            switch (_text[_at++])
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm':
                    _dotAll = on;
                    break;
                case 'x':
                    _extended = on;
                    break;
                default:
                    throw Bad("a group of a kind that is not supported");
            }
        }

        if (Take(')'))
        {
            // Oniguruma: a(?i)b|c is a(?i:b|c); the group's end restores the options.
            return Alternatives();
        }

        _at++;
        var body = Closed(Alternatives());
        (_ignoreCase, _dotAll, _extended) = before;
        return body;
    }

    private PatternNode Closed(PatternNode body) => Take(')') ? body : throw Bad("a ( without its )");

    private CodePointSet Folded(CodePointSet set) => _ignoreCase ? CaseFolding.Close(set) : set;

    private bool SkipBlank()
    {
        if (_text[_at] == '#')
        {
            while (_at < _text.Length && _text[_at] != '\n')
            {
                _at++;
            }

            return true;
        }

        if (!UnicodeSets.Space.Contains(_text[_at]))
        {
            return false;
        }

        _at++;
        return true;
    }

    private bool Take(char c)
    {
        if (_at >= _text.Length || _text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private FormatException Bad(string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what}, at character {_at}"));
}
