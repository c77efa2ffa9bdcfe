using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>Mean exact match and F1 of SQuAD, 0 to 1.</summary>
internal sealed class SquadOfPredictions : IPredictionScore
{
    private double _exact;
    private double _f1;
    private long _all;

    public void Add(string prediction, IReadOnlyList<string> references)
    {
        var (exact, f1) = SquadAnswer.Of(prediction, references);
        _exact += exact;
        _f1 += f1;
        _all++;
    }

    public JsonNode? Result() =>
        new JsonObject { ["exact"] = CaseOutput.Number(_exact / _all), ["f1"] = CaseOutput.Number(_f1 / _all) };
}
