namespace Finetune.Engine.Metrics.Cases;

/// <summary>The one list of metrics. A new one is a file and a line here.</summary>
public static class MetricCases
{
    /// <summary>In the order they are listed to a person.</summary>
    public static IReadOnlyList<MetricCase> All { get; } =
    [
        new("bleu", BleuCase.Answer),
        new("bootstrap", BootstrapCase.Answer),
        new("calibration", CalibrationCase.Answer),
        new("chrf", ChrfCase.Answer),
        new("classification", ClassificationCase.Answer),
        new("error-rate", ErrorRateCase.Answer),
        new("intervals", IntervalsCase.Answer),
        new("mcnemar", McNemarCase.Answer),
        new("multiple-choice", MultipleChoiceCase.Answer),
        new("p-adjust", PAdjustCase.Answer),
        new("pass-at-k", PassAtKCase.Answer),
        new("perplexity", PerplexityCase.Answer),
        new("rouge", RougeCase.Answer),
        new("squad", SquadCase.Answer),
        new("ter", TerCase.Answer),
    ];
}
