using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>Pooled error rates of words and characters.</summary>
internal sealed class ErrorRateOfPredictions : IPredictionScore
{
    private readonly ErrorRate _rate = new();

    public void Add(string prediction, IReadOnlyList<string> references) => _rate.Add(prediction, references[0]);

    public JsonNode? Result() => ErrorRateCase.Answer(_rate);
}
