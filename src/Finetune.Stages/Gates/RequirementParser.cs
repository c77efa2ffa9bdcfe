using System.Globalization;

namespace Finetune.Stages.Gates;

/// <summary>Recursive descent over one expression: comparison → sum → product → factor.</summary>
internal sealed class RequirementParser(string text)
{
    private static readonly string[] Comparisons = [">=", "<=", "==", "!=", ">", "<"];
    private const int DeepestNesting = 50;

    private readonly List<MetricReference> _references = [];
    private int _at;
    private int _depth;

    /// <summary>The whole text as a requirement.</summary>
    public Requirement Parse()
    {
        var left = Sum();
        var comparison =
            Comparisons.FirstOrDefault(c => text.AsSpan(_at).StartsWith(c, StringComparison.Ordinal))
            ?? throw Fault("a requirement needs a comparison: >=, <=, >, <, == or !=");
        _at += comparison.Length;
        var right = Sum();
        return _at == text.Length
            ? new Requirement(text, left, comparison, right, _references)
            : throw Fault("nothing more can follow");
    }

    private GateNode Sum()
    {
        var left = Product();
        while (Peek() is '+' or '-')
        {
            var sign = text[_at++];
            left = new ArithmeticNode(sign, left, Product());
        }

        return left;
    }

    private GateNode Product()
    {
        var left = Factor();
        while (Peek() is '*')
        {
            _at++;
            left = new ArithmeticNode('*', left, Factor());
        }

        return left;
    }

    private GateNode Factor()
    {
        if (++_depth > DeepestNesting)
        {
            throw Fault("the expression is nested too deeply");
        }

        GateNode node = Peek() switch
        {
            '(' => Parenthesis(),
            '-' => Negation(),
            >= '0' and <= '9' or '.' => Number(),
            { } c when char.IsAsciiLetter(c) || c is '_' => Metric(),
            _ => throw Fault("a number or contender.metric is wanted"),
        };
        _depth--;
        Peek();
        return node;
    }

    private GateNode Parenthesis()
    {
        var start = _at++;
        var inner = Sum();
        if (Peek() is not ')')
        {
            throw Fault("')' is missing");
        }

        _at++;
        return End() switch
        {
            null => new WrappedNode(Negative: false, inner),
            // The rows are the same, so that a difference has an interval of its own, narrower than both ends make it.
            { } end
                when inner is ArithmeticNode { Operator: '-', Left: FigureNode left, Right: FigureNode right }
                    && IsPair() => Difference(left, right, end),
            { } end => throw new RequirementException(
                $"'.{end}' is an end of the interval of a metric, or of two contenders' difference in one: "
                    + "(tuned.accuracy - zero_shot.accuracy).low",
                start,
                _at - start
            ),
        };
    }

    private FigureNode Difference(FigureNode left, FigureNode right, string end)
    {
        _references[^2] = _references[^2] with { ReadsInterval = true };
        _references[^1] = _references[^1] with { ReadsInterval = true };
        return new FigureNode(GateFigures.OfDifference(left.Name, right.Name, end));
    }

    // The two figures before are the two metrics read last.
    private bool IsPair() =>
        _references is [.., { End: null } first, { End: null } second]
        && first.Metric == second.Metric
        && first.Contender != second.Contender;

    private string? End()
    {
        if (_at >= text.Length || text[_at] != '.')
        {
            return null;
        }

        var start = ++_at;
        var word = Word();
        return word is GateFigures.Low or GateFigures.High
            ? word
            : throw new RequirementException(
                $"'{word}' is no end of an interval: .low or .high is wanted",
                start,
                Math.Max(1, word.Length)
            );
    }

    private WrappedNode Negation()
    {
        _at++;
        return new WrappedNode(Negative: true, Factor());
    }

    private NumberNode Number()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '.' || IsExponentSign(start)))
        {
            _at++;
        }

        var written = text[start.._at];
        return
            double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && double.IsFinite(number)
            ? new NumberNode(number, written)
            : throw new RequirementException($"'{written}' is not a number", start, written.Length);
    }

    private bool IsExponentSign(int start) => text[_at] is '+' or '-' && _at > start && text[_at - 1] is 'e' or 'E';

    private FigureNode Metric()
    {
        var start = _at;
        var contender = Word();
        if (_at >= text.Length || text[_at] != '.')
        {
            throw new RequirementException(
                $"'{contender}' is not a metric: contender.metric is wanted, such as tuned.accuracy",
                start,
                contender.Length
            );
        }

        _at++;
        var metric = Word();
        if (metric.Length == 0)
        {
            throw Fault($"a metric is wanted after '{contender}.'");
        }

        var end = End();
        var reference = new MetricReference(contender, metric, start) { End = end, ReadsInterval = end is not null };
        _references.Add(reference);
        return new FigureNode(reference.Name);
    }

    private string Word()
    {
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-' && IsInsideWord()))
        {
            _at++;
        }

        return text[start.._at];
    }

    // In "few-shot.accuracy" the hyphen is a slip of the pen in a name; in "a.b -c.d" and "a.b-0.1" it is a minus.
    private bool IsInsideWord() =>
        text[_at] is '_' || (_at + 1 < text.Length && char.IsAsciiLetter(text[_at + 1]) && !text[.._at].Contains('.'));

    private char? Peek()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }

        return _at < text.Length ? text[_at] : null;
    }

    private RequirementException Fault(string wanted) =>
        _at < text.Length
            ? new RequirementException($"'{text[_at]}' was not expected here: {wanted}", _at, 1)
            : new RequirementException($"the expression ends too early: {wanted}", Math.Max(0, text.Length - 1), 1);
}
