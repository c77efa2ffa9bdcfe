using Finetune.Engine.Metrics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Judges trainings that differ by their seed alone: whether a difference is more than the luck of one.</summary>
internal static class SeedJudge
{
    /// <summary>The judgement.</summary>
    /// <param name="seeds">As in the document.</param>
    /// <param name="tuned">The tuned model's answers, one list a seed.</param>
    /// <param name="others">The other contenders'.</param>
    /// <param name="metrics">Document order.</param>
    /// <param name="rows">The test's rows.</param>
    /// <param name="confidence">Of intervals.</param>
    public static SeedVerdict Judge(
        IReadOnlyList<long> seeds,
        IReadOnlyList<List<Answered>> tuned,
        IReadOnlyList<(string Name, List<Answered> Answers)> others,
        IReadOnlyList<string> metrics,
        RowTotals rows,
        double confidence
    )
    {
        var measured = metrics.Select(RatioMetric.Of).ToList();
        return new SeedVerdict(
            seeds,
            [.. measured.Select(metric => Metric(metric, tuned, rows, confidence))],
            [
                .. measured.SelectMany(metric =>
                    others.Select(other => Difference(metric, other, tuned, rows, confidence)).OfType<SeedDifference>()
                ),
            ]
        );
    }

    private static SeedMetric Metric(
        RatioMetric metric,
        IReadOnlyList<List<Answered>> tuned,
        RowTotals rows,
        double confidence
    )
    {
        var values = tuned.Select(answers => metric.Of(answers)).ToList();
        if (values.Contains(null))
        {
            return new SeedMetric(metric.Name, values, null, null, null, null);
        }

        var known = values.ConvertAll(value => value!.Value);
        var spread = SeedSpread.Of(known, PairJudge.RowError(metric, null, tuned, rows), confidence);
        return new SeedMetric(
            metric.Name,
            values,
            spread.Mean,
            spread.Deviation,
            spread.Interval.Low,
            spread.Interval.High
        );
    }

    private static SeedDifference? Difference(
        RatioMetric metric,
        (string Name, List<Answered> Answers) other,
        IReadOnlyList<List<Answered>> tuned,
        RowTotals rows,
        double confidence
    )
    {
        if (metric.Of(other.Answers) is not { } first || tuned.Any(answers => metric.Of(answers) is null))
        {
            return null;
        }

        var differences = tuned.Select(answers => metric.Of(answers)!.Value - first).ToList();
        var spread = SeedSpread.Of(differences, PairJudge.RowError(metric, other.Answers, tuned, rows), confidence);
        return new SeedDifference(
            other.Name,
            metric.Name,
            differences,
            spread.Mean,
            spread.Deviation,
            spread.Interval.Low,
            spread.Interval.High,
            metric.Word(spread.Interval.Low, spread.Interval.High)
        );
    }
}
