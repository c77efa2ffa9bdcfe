using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>Corpus chrF.</summary>
internal sealed class ChrfOfPredictions(ChrfOptions options) : IPredictionScore
{
    private readonly Chrf _chrf = new(options);

    public void Add(string prediction, IReadOnlyList<string> references) => _chrf.Add(prediction, references);

    public JsonNode? Result() => new JsonObject { ["score"] = CaseOutput.Number(_chrf.Score()) };
}
