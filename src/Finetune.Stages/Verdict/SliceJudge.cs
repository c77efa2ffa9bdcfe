using Finetune.Engine.Metrics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Judges groups of rows by themselves.</summary>
internal static class SliceJudge
{
    /// <summary>All groups of a slice.</summary>
    /// <param name="slice">How rows are grouped.</param>
    /// <param name="rows">All test rows.</param>
    /// <param name="contenders">Their answers, to the same rows in the same order.</param>
    /// <param name="headline">The contenders that a difference is given of; null for none.</param>
    /// <param name="confidence">Of every interval.</param>
    public static SliceVerdict Judge(
        SliceSettings slice,
        IReadOnlyList<Row> rows,
        IReadOnlyList<(string Name, List<Answered> Answers)> contenders,
        (string First, string Second)? headline,
        double confidence
    )
    {
        var (groupOf, names) = RowGroups.Group(rows, slice);
        var groups = new List<SliceGroup>();
        foreach (var name in names)
        {
            var parts = contenders
                .Select(c => (c.Name, Answers: c.Answers.Where(a => groupOf.GetValueOrDefault(a.Row) == name).ToList()))
                .Where(c => c.Answers.Count > 0)
                .ToList();
            if (parts.Count == 0)
            {
                continue;
            }

            var totals = new RowTotals(parts[0].Answers);
            groups.Add(
                new SliceGroup(
                    name,
                    totals.Count,
                    parts.ToDictionary(
                        c => c.Name,
                        c => ContenderJudge.Accuracy(c.Answers, totals, confidence),
                        StringComparer.Ordinal
                    ),
                    headline is { } pair
                        ? PairJudge.Judge(
                            RatioMetric.All[0],
                            parts.Single(c => c.Name == pair.First),
                            parts.Single(c => c.Name == pair.Second),
                            totals,
                            confidence
                        )
                        : null
                )
                {
                    Numbers = [.. parts[0].Answers.Select(a => a.Row).Distinct()],
                }
            );
        }

        return new SliceVerdict(slice.Column, slice.ByLength, Adjusted(groups));
    }

    private static List<SliceGroup> Adjusted(List<SliceGroup> groups)
    {
        var adjusted = PAdjustment.Holm([.. groups.Select(group => group.Pair?.P ?? 1)]);
        return
        [
            .. groups.Zip(
                adjusted,
                (group, p) => group with { Pair = group.Pair is { } pair ? pair with { AdjustedP = p } : null }
            ),
        ];
    }
}
