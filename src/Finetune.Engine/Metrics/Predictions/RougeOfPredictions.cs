using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Cases;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Predictions;

/// <summary>The mean of ROUGE over all rows, without and with stems.</summary>
internal sealed class RougeOfPredictions : IPredictionScore
{
    private readonly Means _plain = new(stemmed: false);
    private readonly Means _stemmed = new(stemmed: true);

    public void Add(string prediction, IReadOnlyList<string> references)
    {
        _plain.Add(prediction, references);
        _stemmed.Add(prediction, references);
    }

    public JsonNode? Result() => new JsonObject { ["plain"] = _plain.Result(), ["stemmed"] = _stemmed.Result() };

    private sealed class Means(bool stemmed)
    {
        private readonly double[] _precision = new double[Rouge.Names.Count];
        private readonly double[] _recall = new double[Rouge.Names.Count];
        private readonly double[] _f = new double[Rouge.Names.Count];
        private long _all;

        public void Add(string prediction, IReadOnlyList<string> references)
        {
            _all++;
            var scores = Rouge.Of(prediction, references, stemmed);
            for (var kind = 0; kind < scores.Count; kind++)
            {
                _precision[kind] += scores[kind].Precision;
                _recall[kind] += scores[kind].Recall;
                _f[kind] += scores[kind].F;
            }
        }

        public JsonObject Result()
        {
            var kinds = new JsonObject();
            for (var kind = 0; kind < _f.Length; kind++)
            {
                kinds[Rouge.Names[kind]] = RougeCase.Answer(
                    _precision[kind] / _all,
                    _recall[kind] / _all,
                    _f[kind] / _all
                );
            }

            return kinds;
        }
    }
}
