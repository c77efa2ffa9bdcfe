using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>Corpus BLEU with the defaults of sacreBLEU.</summary>
internal sealed class BleuOfPredictions : IPredictionScore
{
    private readonly Bleu _bleu = new(new BleuOptions());

    public void Add(string prediction, IReadOnlyList<string> references) => _bleu.Add(prediction, references);

    public JsonNode? Result() => BleuCase.Answer(_bleu.Score());
}
