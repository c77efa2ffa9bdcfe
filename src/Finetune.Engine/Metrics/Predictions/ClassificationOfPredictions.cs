using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>Predictions as labels, compared as they stand.</summary>
internal sealed class ClassificationOfPredictions : IPredictionScore
{
    private readonly List<string> _gold = [];
    private readonly List<string> _predicted = [];

    public void Add(string prediction, IReadOnlyList<string> references)
    {
        _gold.Add(references[0]);
        _predicted.Add(prediction);
    }

    public JsonNode? Result() => ClassificationCase.Answer(ConfusionMatrix.Of(_gold, _predicted));
}
