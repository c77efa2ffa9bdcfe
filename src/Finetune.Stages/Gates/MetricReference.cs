namespace Finetune.Stages.Gates;

/// <summary>A metric that a requirement reads.</summary>
/// <param name="Contender">Such as <c>zero_shot</c>, <c>few_shot_4</c> or <c>tuned</c>.</param>
/// <param name="Metric">Such as <c>accuracy</c>.</param>
/// <param name="Offset">0-based offset of the contender in the expression.</param>
public sealed record MetricReference(string Contender, string Metric, int Offset)
{
    /// <summary><c>low</c> or <c>high</c>: an end of the metric's interval; null for the metric itself.</summary>
    public string? End { get; init; }

    /// <summary>Whether an interval is read: its own, or that of a difference it is in.</summary>
    public bool ReadsInterval { get; init; }

    /// <summary>As written: contender, dot, metric, and an end after another dot.</summary>
    public string Name => End is null ? $"{Contender}.{Metric}" : $"{Contender}.{Metric}.{End}";

    /// <summary>0-based offset of the metric in the expression.</summary>
    public int MetricOffset => Offset + Contender.Length + 1;
}
