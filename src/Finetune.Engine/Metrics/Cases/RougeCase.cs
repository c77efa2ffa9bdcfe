using System.Text.Json.Nodes;
using Finetune.Engine.Metrics.Texts;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>ROUGE of a prediction against the best of its targets.</summary>
internal static class RougeCase
{
    /// <summary>Without and with stems.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var prediction = input["prediction"].Text();
        var targets = TranslationRows.References(input["targets"]);
        return new()
        {
            ["plain"] = Kinds(Rouge.Of(prediction, targets, stemmed: false)),
            ["stemmed"] = Kinds(Rouge.Of(prediction, targets, stemmed: true)),
        };
    }

    private static JsonObject Kinds(IReadOnlyList<RougeScore> scores)
    {
        var kinds = new JsonObject();
        foreach (var (name, score) in Rouge.Names.Zip(scores))
        {
            kinds[name] = Answer(score.Precision, score.Recall, score.F);
        }

        return kinds;
    }

    /// <summary>As rouge_score names the parts.</summary>
    public static JsonObject Answer(double precision, double recall, double f) =>
        new()
        {
            ["precision"] = CaseOutput.Number(precision),
            ["recall"] = CaseOutput.Number(recall),
            ["f"] = CaseOutput.Number(f),
        };
}
