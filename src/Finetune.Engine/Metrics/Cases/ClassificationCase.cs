using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Right and answered labels.</summary>
internal static class ClassificationCase
{
    /// <summary>Everything that the confusion matrix tells.</summary>
    public static JsonObject Answer(CaseInput input)
    {
        var gold = input["gold"].Texts();
        var predicted = input["predicted"].Texts();
        CaseInput.SameLength(gold.Count, predicted.Count, "gold and predicted");
        return Answer(ConfusionMatrix.Of(gold, predicted));
    }

    /// <summary>Averages over labels are null where there are none.</summary>
    public static JsonObject Answer(ConfusionMatrix matrix)
    {
        var scores = matrix.Scores();
        var places = Enumerable.Range(0, scores.Count).ToList();
        var accuracy = Agreement.Accuracy(matrix);
        var none = (double.NaN, double.NaN, double.NaN);
        return new()
        {
            ["accuracy"] = CaseOutput.Number(accuracy),
            ["labels"] = CaseOutput.List(matrix.Labels),
            ["confusion"] = new JsonArray([
                .. places.Select(i => (JsonNode)CaseOutput.List(places.Select(j => matrix[i, j]))),
            ]),
            ["per_class"] = new JsonArray([.. scores.Select(score => (JsonNode)OfLabel(score))]),
            ["macro"] = Three(scores.Count == 0 ? none : LabelScore.Macro(scores)),
            ["weighted"] = Three(scores.Count == 0 ? none : LabelScore.Weighted(scores)),

            // Over all labels every wrong answer is missing once and too many once: all three are the accuracy.
            ["micro"] = Three((accuracy, accuracy, accuracy)),
            ["mcc"] = CaseOutput.Number(Agreement.Matthews(matrix)),
            ["kappa"] = CaseOutput.Number(Agreement.Kappa(matrix)),
            ["balanced_accuracy"] = CaseOutput.Number(Agreement.BalancedAccuracy(matrix)),
        };
    }

    private static JsonObject OfLabel(LabelScore score) =>
        new()
        {
            ["label"] = score.Label,
            ["precision"] = CaseOutput.Number(score.Precision),
            ["recall"] = CaseOutput.Number(score.Recall),
            ["f1"] = CaseOutput.Number(score.F1),
            ["support"] = score.Support,
        };

    private static JsonObject Three((double Precision, double Recall, double F1) score) =>
        new()
        {
            ["precision"] = CaseOutput.Number(score.Precision),
            ["recall"] = CaseOutput.Number(score.Recall),
            ["f1"] = CaseOutput.Number(score.F1),
        };
}
