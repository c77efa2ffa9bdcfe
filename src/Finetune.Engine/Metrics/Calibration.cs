namespace Finetune.Engine.Metrics;

/// <summary>Whether answers are right as often as the model is sure of them.</summary>
/// <param name="ExpectedError">Sum over bins of their share times |mean correct - mean confidence| (Naeini and others
/// 2015; Guo and others 2017); NaN for no answers.</param>
/// <param name="LargestError">The largest of these gaps; NaN for no answers.</param>
/// <param name="Bins">The bins, lowest confidence first.</param>
public sealed record Calibration(double ExpectedError, double LargestError, IReadOnlyList<CalibrationBin> Bins)
{
    /// <summary>Bins of equal width: i/n &lt; confidence &lt;= (i+1)/n as doubles, 0 in the first.</summary>
    /// <param name="answers">Confidence from 0 to 1, and whether it was right.</param>
    /// <param name="bins">Above 0.</param>
    public static Calibration Of(IReadOnlyList<(double Confidence, bool Correct)> answers, int bins)
    {
        var counts = new int[bins];
        var right = new double[bins];
        var sums = new double[bins];
        foreach (var (confidence, correct) in answers)
        {
            var bin = 0;
            while (bin < bins - 1 && confidence > (double)(bin + 1) / bins)
            {
                bin++;
            }

            counts[bin]++;
            right[bin] += correct ? 1 : 0;
            sums[bin] += confidence;
        }

        CalibrationBin[] all =
        [
            .. counts.Select((count, i) => new CalibrationBin(count, right[i] / count, sums[i] / count)),
        ];
        var filled = all.Where(bin => bin.Count > 0).ToList();
        return filled.Count == 0
            ? new(double.NaN, double.NaN, all)
            : new(filled.Sum(bin => bin.Gap * bin.Count) / answers.Count, filled.Max(bin => bin.Gap), all);
    }

    /// <summary>The mean squared difference of confidence and truth (Brier 1950); NaN for no answers.</summary>
    public static double Brier(IReadOnlyList<(double Confidence, bool Correct)> answers) =>
        answers.Sum(a => Math.Pow(a.Confidence - (a.Correct ? 1 : 0), 2)) / answers.Count;
}
