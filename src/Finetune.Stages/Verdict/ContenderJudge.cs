using Finetune.Engine.Metrics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Judges one contender by itself.</summary>
internal static class ContenderJudge
{
    // A confusion of more labels than this says nothing to a reader: rows that each have their own choices.
    private const int MostLabels = 300;

    private const int ConfidenceBins = 10;

    public static ContenderVerdict Judge(
        List<Answered> answers,
        RowTotals rows,
        IReadOnlyList<string> wanted,
        EvaluationSummary summary,
        double confidence
    )
    {
        var names = MetricNames.Usual.Union(wanted, StringComparer.Ordinal);
        var (metrics, intervals) = Measured([.. names.Select(RatioMetric.Of)], answers, rows, confidence);
        var total = answers.Sum(a => (long)a.PromptTokens);
        return new ContenderVerdict(
            metrics,
            intervals,
            answers.Count(a => a.Correct),
            answers.Count(a => a.Prediction is null),
            new PromptCost(total, (double)total / answers.Count, answers.Max(a => a.PromptTokens), summary.Window),
            Templates(answers, confidence),
            Stops(answers),
            Labels(answers)
        )
        {
            Unreadable = answers.Count(a => !a.Readable),
            Calibration = Calibrated(answers),
        };
    }

    /// <summary>Metrics and their intervals, rows as the unit.</summary>
    public static (IReadOnlyDictionary<string, double?>, IReadOnlyDictionary<string, IntervalRecord>) Measured(
        IReadOnlyList<RatioMetric> wanted,
        List<Answered> answers,
        RowTotals rows,
        double confidence
    )
    {
        var metrics = new Dictionary<string, double?>(StringComparer.Ordinal);
        var intervals = new Dictionary<string, IntervalRecord>(StringComparer.Ordinal);
        foreach (var metric in wanted)
        {
            metrics[metric.Name] = metric.Of(answers);
            if (metrics[metric.Name] is not null)
            {
                var interval = Around(metric, answers, rows, confidence);
                intervals[metric.Name] = new IntervalRecord(interval.Low, interval.High);
            }
        }

        return (metrics, intervals);
    }

    /// <summary>The accuracy of some answers, rows as the unit.</summary>
    public static TemplateVerdict Accuracy(List<Answered> answers, RowTotals rows, double confidence)
    {
        var metric = RatioMetric.All[0];
        var interval = Around(metric, answers, rows, confidence);
        var right = answers.Count(a => a.Correct);
        return new TemplateVerdict(answers.Count, right, (double)right / answers.Count, interval.Low, interval.High);
    }

    private static Interval Around(RatioMetric metric, List<Answered> answers, RowTotals rows, double confidence)
    {
        var above = rows.Sum(i => metric.Above(answers[i]));
        var below = rows.Sum(i => metric.Below(answers[i]));
        if (!metric.Counts)
        {
            var mean = RatioInterval.Of(above, below, confidence);
            if (metric.LowerIsBetter)
            {
                return new Interval(metric.Statistic(mean.Low), metric.Statistic(mean.High));
            }

            // Rows that are all alike spread nothing, and still do not promise that the next one is.
            return mean.Low < mean.High
                ? new Interval(Math.Max(0, mean.Low), Math.Min(1, mean.High))
                : WilsonInterval.Of((int)Math.Round(above.Sum() / below.Sum() * rows.Count), rows.Count, confidence);
        }

        var clusters = above.Zip(below, (a, b) => ((int)a, (int)b)).Where(c => c.Item2 > 0).ToList();
        return WilsonInterval.Clustered(clusters, confidence);
    }

    private static Dictionary<string, TemplateVerdict> Templates(List<Answered> answers, double confidence)
    {
        var templates = new Dictionary<string, TemplateVerdict>(StringComparer.Ordinal);
        foreach (var group in answers.GroupBy(a => a.Template, StringComparer.Ordinal))
        {
            var (right, all) = (group.Count(a => a.Correct), group.Count());
            var interval = WilsonInterval.Of(right, all, confidence);
            templates[group.Key] = new TemplateVerdict(all, right, (double)right / all, interval.Low, interval.High);
        }

        return templates;
    }

    private static SortedDictionary<string, int>? Stops(List<Answered> answers)
    {
        var stops = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var stop in answers.Select(a => a.Stop).OfType<string>())
        {
            stops[stop] = stops.GetValueOrDefault(stop) + 1;
        }

        return stops.Count == 0 ? null : stops;
    }

    private static CalibrationVerdict? Calibrated(List<Answered> answers)
    {
        var sure = answers
            .Where(a => a.Confidence is not null)
            .Select(a => (Confidence: Math.Min(1, a.Confidence!.Value), a.Correct))
            .ToList();
        if (sure.Count == 0)
        {
            return null;
        }

        var calibration = Calibration.Of(sure, ConfidenceBins);
        return new CalibrationVerdict(
            calibration.ExpectedError,
            Calibration.Brier(sure),
            [
                .. calibration.Bins.Select(bin =>
                    bin.Count == 0
                        ? new ConfidenceBin(0, null, null)
                        : new ConfidenceBin(bin.Count, bin.Correct, bin.Confidence)
                ),
            ]
        );
    }

    private static LabelVerdict? Labels(List<Answered> answers)
    {
        if (!answers.All(a => a.AmongChoices || a.Prediction is null) || !answers.Any(a => a.AmongChoices))
        {
            return null;
        }

        var matrix = ConfusionMatrix.Of(
            [.. answers.Select(a => a.Reference)],
            // A further right answer is no confusion.
            [.. answers.Select(a => a.Correct ? a.Reference : a.Prediction ?? LabelVerdict.NoAnswer)]
        );
        if (matrix.Labels.Count > MostLabels)
        {
            return null;
        }

        var scores = matrix.Scores();
        var size = scores.Count;
        return new LabelVerdict(
            matrix.Labels,
            [.. scores.Select(s => s.Precision)],
            [.. scores.Select(s => s.Recall)],
            [.. scores.Select(s => s.F1)],
            [.. scores.Select(s => s.Support)],
            scores.Where(s => s.Label != LabelVerdict.NoAnswer).Average(s => s.F1),
            [
                .. Enumerable
                    .Range(0, size)
                    .Select(i => (IReadOnlyList<int>)[.. Enumerable.Range(0, size).Select(j => matrix[i, j])]),
            ]
        );
    }
}
