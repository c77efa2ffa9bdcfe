using Finetune.Engine.Metrics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Judges one contender against another, row by row.</summary>
internal static class PairJudge
{
    // Every pair is resampled by the same draws, so two verdicts on the same rows differ by their answers alone.
    private const ulong Seed = 20_000;

    public static PairVerdict? Judge(
        RatioMetric metric,
        (string Name, List<Answered> Answers) first,
        (string Name, List<Answered> Answers) second,
        RowTotals rows,
        double confidence
    )
    {
        var paired = Paired(metric, first.Answers, second.Answers, rows);
        if (paired.Length == 0)
        {
            return null;
        }

        var difference = PairedBootstrap.OfClusters(paired, metric.Statistic, Seed, confidence: confidence);
        if (!double.IsFinite(difference.Delta) || !double.IsFinite(difference.Interval.Low + difference.Interval.High))
        {
            return null;
        }

        var interval = Widened(difference, paired, metric, confidence);
        return new PairVerdict(
            first.Name,
            second.Name,
            metric.Name,
            difference.Delta,
            interval.Low,
            interval.High,
            metric.Word(interval.Low, interval.High),
            metric.CountsAnswers ? ExactP(paired) : difference.P,
            Flips(first.Answers, second.Answers).Count(),
            Flips(second.Answers, first.Answers).Count()
        );
    }

    /// <summary>Answers that were wrong and became right.</summary>
    public static IEnumerable<AnswerPlace> Flips(List<Answered> wrong, List<Answered> right) =>
        wrong
            .Zip(right)
            .Where(p => !p.First.Correct && p.Second.Correct)
            .Select(p => new AnswerPlace(p.First.Row, p.First.Template));

    private static PairedTotals[] Paired(
        RatioMetric metric,
        List<Answered> first,
        List<Answered> second,
        RowTotals rows
    )
    {
        // Where one side has no likelihood, neither counts: the rows compared stay the same.
        double Both(int i, double value) => metric.Below(first[i]) > 0 && metric.Below(second[i]) > 0 ? value : 0;
        var above = rows.Sum(i => Both(i, metric.Above(first[i])));
        var below = rows.Sum(i => Both(i, metric.Below(first[i])));
        var otherAbove = rows.Sum(i => Both(i, metric.Above(second[i])));
        var otherBelow = rows.Sum(i => Both(i, metric.Below(second[i])));
        return
        [
            .. Enumerable
                .Range(0, rows.Count)
                .Where(i => below[i] > 0)
                .Select(i => new PairedTotals(above[i], below[i], otherAbove[i], otherBelow[i])),
        ];
    }

    // When every row differs by the same amount, resampling cannot see that the next row may not, and the interval
    // shrinks to a point. Then it is as wide as what rows never seen can still hide: Wilson's upper end of 0 in n.
    private static Interval Widened(
        PairedDifference difference,
        PairedTotals[] rows,
        RatioMetric metric,
        double confidence
    )
    {
        if (!metric.CountsAnswers || difference.Interval.Low < difference.Interval.High)
        {
            return difference.Interval;
        }

        var unseen = WilsonInterval.Of(0, rows.Length, confidence).High;
        return new Interval(Math.Max(-1, difference.Delta - unseen), Math.Min(1, difference.Delta + unseen));
    }

    // Over rows, not answers: a row counts for whoever got more of its wordings right.
    private static double ExactP(PairedTotals[] rows) =>
        McNemarTest.ExactP(rows.Count(r => r.First > r.Second), rows.Count(r => r.Second > r.First));
}
