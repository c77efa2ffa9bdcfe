namespace Finetune.Engine.Metrics;

/// <summary>One number for a whole confusion matrix, as scikit-learn defines it.</summary>
public static class Agreement
{
    /// <summary>The share on the diagonal; NaN for no answers.</summary>
    public static double Accuracy(ConfusionMatrix matrix) => (double)Right(matrix) / matrix.Total;

    /// <summary>The mean recall over the labels that are right at least once; NaN for none.</summary>
    public static double BalancedAccuracy(ConfusionMatrix matrix) =>
        matrix
            .Scores()
            .Where(score => score.Support > 0)
            .Select(score => score.Recall)
            .DefaultIfEmpty(double.NaN)
            .Average();

    /// <summary>Matthews' correlation for several labels (Gorodkin 2004), 0 where a side has one label only.</summary>
    public static double Matthews(ConfusionMatrix matrix)
    {
        var (gold, predicted) = Margins(matrix);
        double total = matrix.Total;
        var shared = Right(matrix) * total - Dot(gold, predicted);
        var ofGold = total * total - Dot(gold, gold);
        var ofPredicted = total * total - Dot(predicted, predicted);
        return ofGold == 0 || ofPredicted == 0 ? 0 : shared / Math.Sqrt(ofGold * ofPredicted);
    }

    /// <summary>Cohen's kappa (Cohen 1960); NaN where both sides are one and the same label.</summary>
    public static double Kappa(ConfusionMatrix matrix)
    {
        var (gold, predicted) = Margins(matrix);
        double total = matrix.Total;
        var byChance = total * total - Dot(gold, predicted);
        return byChance == 0 ? double.NaN : 1 - (total - Right(matrix)) * total / byChance;
    }

    private static long Right(ConfusionMatrix matrix) =>
        Enumerable.Range(0, matrix.Labels.Count).Sum(i => (long)matrix[i, i]);

    private static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();

    private static (double[] Gold, double[] Predicted) Margins(ConfusionMatrix matrix)
    {
        var gold = new double[matrix.Labels.Count];
        var predicted = new double[matrix.Labels.Count];
        for (var i = 0; i < gold.Length; i++)
        {
            for (var j = 0; j < gold.Length; j++)
            {
                gold[i] += matrix[i, j];
                predicted[j] += matrix[i, j];
            }
        }

        return (gold, predicted);
    }
}
