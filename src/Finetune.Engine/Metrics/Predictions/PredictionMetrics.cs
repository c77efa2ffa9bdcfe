using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>The one list of metrics of predictions. A new one is a file and a line here.</summary>
public static class PredictionMetrics
{
    /// <summary>In the order they are listed to a person.</summary>
    public static IReadOnlyList<PredictionMetric> All { get; } =
    [
        new("bleu", () => new BleuOfPredictions()),
        new("chrf", () => new ChrfOfPredictions(new ChrfOptions())),
        new("chrf++", () => new ChrfOfPredictions(new ChrfOptions { WordOrder = 2 })),
        new("classification", () => new ClassificationOfPredictions(), TakesOneReference: true),
        new("error-rate", () => new ErrorRateOfPredictions(), TakesOneReference: true),
        new("exact_match", () => new ExactMatchOfPredictions()),
        new("rouge", () => new RougeOfPredictions()),
        new("squad", () => new SquadOfPredictions()),
        new("ter", () => new TerOfPredictions()),
    ];
}
