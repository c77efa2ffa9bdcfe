namespace Finetune.Stages.Verdict;

/// <summary>What is measured.</summary>
/// <param name="Contenders">Names in document order, such as <c>zero_shot</c>, <c>few_shot_4</c>, <c>tuned</c>.</param>
/// <param name="Metrics">Metric names, document order.</param>
public sealed record VerdictSettings(IReadOnlyList<string> Contenders, IReadOnlyList<string> Metrics);
