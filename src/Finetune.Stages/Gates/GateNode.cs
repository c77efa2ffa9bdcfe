using System.Globalization;

namespace Finetune.Stages.Gates;

/// <summary>A node of a requirement's arithmetic.</summary>
internal abstract record GateNode
{
    /// <summary>Its value, or null where a metric is missing or not a number.</summary>
    public abstract double? Value(IReadOnlyDictionary<string, double> metrics);

    /// <summary>As written, each metric followed by its figure.</summary>
    public abstract string Explain(IReadOnlyDictionary<string, double> metrics);
}

/// <summary>A number.</summary>
internal sealed record NumberNode(double Number, string Text) : GateNode
{
    /// <inheritdoc/>
    public override double? Value(IReadOnlyDictionary<string, double> metrics) => Number;

    /// <inheritdoc/>
    public override string Explain(IReadOnlyDictionary<string, double> metrics) => Text;
}

/// <summary>A figure by its name: a metric, an end of its interval, or of the interval of a difference.</summary>
internal sealed record FigureNode(string Name) : GateNode
{
    /// <inheritdoc/>
    public override double? Value(IReadOnlyDictionary<string, double> metrics) =>
        metrics.TryGetValue(Name, out var value) && double.IsFinite(value) ? value : null;

    /// <inheritdoc/>
    public override string Explain(IReadOnlyDictionary<string, double> metrics) =>
        Value(metrics) is { } value
            ? string.Create(CultureInfo.InvariantCulture, $"{Name} ({value:0.####})")
            : $"{Name} (not measured)";
}

/// <summary>Two terms and +, - or *.</summary>
internal sealed record ArithmeticNode(char Operator, GateNode Left, GateNode Right) : GateNode
{
    /// <inheritdoc/>
    public override double? Value(IReadOnlyDictionary<string, double> metrics) =>
        Operator switch
        {
            '+' => Left.Value(metrics) + Right.Value(metrics),
            '-' => Left.Value(metrics) - Right.Value(metrics),
            _ => Left.Value(metrics) * Right.Value(metrics),
        };

    /// <inheritdoc/>
    public override string Explain(IReadOnlyDictionary<string, double> metrics) =>
        $"{Left.Explain(metrics)} {Operator} {Right.Explain(metrics)}";
}

/// <summary>A term in parentheses, or with a minus before it.</summary>
internal sealed record WrappedNode(bool Negative, GateNode Inner) : GateNode
{
    /// <inheritdoc/>
    public override double? Value(IReadOnlyDictionary<string, double> metrics) =>
        Negative ? -Inner.Value(metrics) : Inner.Value(metrics);

    /// <inheritdoc/>
    public override string Explain(IReadOnlyDictionary<string, double> metrics) =>
        Negative ? $"-{Inner.Explain(metrics)}" : $"({Inner.Explain(metrics)})";
}
