using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>The share equal to one of their references but for white space at the ends.</summary>
internal sealed class ExactMatchOfPredictions : IPredictionScore
{
    private long _right;
    private long _all;

    public void Add(string prediction, IReadOnlyList<string> references)
    {
        _all++;
        _right += references.Any(reference => ExactMatch.Is(prediction, reference)) ? 1 : 0;
    }

    public JsonNode? Result() => CaseOutput.Number((double)_right / _all);
}
