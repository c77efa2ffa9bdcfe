using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Judges what tuning did to the rest of a model: base and tuned on rows that it was not tuned for.</summary>
internal static class GeneralJudge
{
    /// <summary>The judgement.</summary>
    /// <param name="source">The rows' source.</param>
    /// <param name="contenders">Base, then tuned.</param>
    /// <param name="metrics">Document order.</param>
    /// <param name="confidence">Of intervals.</param>
    public static GeneralVerdict Judge(
        string source,
        IReadOnlyList<(string Name, List<Answered> Answers)> contenders,
        IReadOnlyList<string> metrics,
        double confidence
    )
    {
        SameRows.Check([.. contenders.Select(c => c.Name)], [.. contenders.Select(c => c.Answers)]);
        var rows = new RowTotals(contenders[0].Answers);
        var measured = metrics.Select(RatioMetric.Of).ToList();
        var pairs = measured
            .Select(metric => PairJudge.Judge(metric, contenders[0], contenders[1], rows, confidence))
            .OfType<PairVerdict>()
            .ToList();
        return new GeneralVerdict(
            source,
            rows.Count,
            contenders[0].Answers.Count,
            contenders.ToDictionary(
                c => c.Name,
                c => Contender(c.Answers, measured, rows, confidence),
                StringComparer.Ordinal
            ),
            PairJudge.Adjusted(pairs)
        );
    }

    private static GeneralContender Contender(
        List<Answered> answers,
        IReadOnlyList<RatioMetric> metrics,
        RowTotals rows,
        double confidence
    )
    {
        var (values, intervals) = ContenderJudge.Measured(metrics, answers, rows, confidence);
        return new GeneralContender(values, intervals, answers.Count(a => a.Prediction is null));
    }
}
