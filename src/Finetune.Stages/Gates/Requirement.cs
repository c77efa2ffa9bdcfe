using System.Globalization;
using Finetune.Graph.Diagnostics;

namespace Finetune.Stages.Gates;

/// <summary>
/// A quality gate: two terms and a comparison, such as <c>tuned.accuracy &gt;= zero_shot.accuracy + 0.05</c>. Terms are
/// numbers, <c>contender.metric</c>, +, -, * and parentheses.
/// </summary>
public sealed class Requirement
{
    // 0.3 + 0.05 is not quite 0.35 in binary: what is equal on paper counts as equal.
    private const double Tolerance = 1e-9;

    /// <summary>The code of a gate that is not met.</summary>
    public const string NotMet = "FT8105";

    private readonly GateNode _left;
    private readonly string _comparison;
    private readonly GateNode _right;

    internal Requirement(
        string text,
        GateNode left,
        string comparison,
        GateNode right,
        IReadOnlyList<MetricReference> references
    )
    {
        Text = text;
        References = references;
        _left = left;
        _comparison = comparison;
        _right = right;
    }

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>Where it was written, where that is known.</summary>
    public SourceSpan? Place { get; internal set; }

    /// <summary>The metrics it reads, in the order written.</summary>
    public IReadOnlyList<MetricReference> References { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="RequirementException">It is no requirement.</exception>
    public static Requirement Parse(string text) => new RequirementParser(text).Parse();

    /// <summary>
    /// Whether it holds for these metrics (<c>tuned.accuracy</c> to value). A metric that is missing or not a number
    /// holds nothing.
    /// </summary>
    public bool Holds(IReadOnlyDictionary<string, double> metrics)
    {
        if (_left.Value(metrics) is not { } left || _right.Value(metrics) is not { } right)
        {
            return false;
        }

        var slack = Tolerance * Math.Max(1, Math.Max(Math.Abs(left), Math.Abs(right)));
        return _comparison switch
        {
            ">=" => left >= right - slack,
            "<=" => left <= right + slack,
            ">" => left > right + slack,
            "<" => left < right - slack,
            "==" => Math.Abs(left - right) <= slack,
            _ => Math.Abs(left - right) > slack,
        };
    }

    /// <summary>One line for a person: the expression with its figures, and what they come to.</summary>
    public string Explain(IReadOnlyDictionary<string, double> metrics)
    {
        var expression = $"{_left.Explain(metrics)} {_comparison} {_right.Explain(metrics)}";
        if (_left.Value(metrics) is not { } left || _right.Value(metrics) is not { } right)
        {
            return $"cannot be judged: {expression}";
        }

        var figures = string.Create(CultureInfo.InvariantCulture, $"{left:0.####} {_comparison} {right:0.####}");
        return $"{expression}, that is {figures}";
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
