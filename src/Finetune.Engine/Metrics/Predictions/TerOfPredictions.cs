using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>Corpus TER with the defaults of sacreBLEU.</summary>
internal sealed class TerOfPredictions : IPredictionScore
{
    private readonly Ter _ter = new(new TerOptions());

    public void Add(string prediction, IReadOnlyList<string> references) => _ter.Add(prediction, references);

    public JsonNode? Result() => TerCase.Answer(_ter);
}
