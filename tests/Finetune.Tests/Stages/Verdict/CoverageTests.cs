using Finetune.Engine.Metrics;
using Finetune.Stages.Verdict;

namespace Finetune.Tests.Stages.Verdict;

/// <summary>Two models of known accuracies answer rows over and over: how often the verdict's interval holds the truth, and
/// how often a gain is claimed that is not there.</summary>
public sealed class CoverageTests
{
    private const int Draws = 2000;
    private const double Confidence = 0.95;

    /// <summary>Rows, wordings of a row, true accuracy of either model, and how much rows matter: the share of rows on which
    /// one number decides both models' answers in all wordings.</summary>
    public static TheoryData<int, int, double, double, double> Cases =>
        new()
        {
            { 120, 1, 0.7, 0.7, 0.0 },
            { 100, 1, 0.6, 0.8, 0.3 },
            { 100, 1, 0.95, 0.97, 0.0 },
            { 60, 3, 0.6, 0.6, 0.5 },
        };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_interval_holds_the_truth_as_often_as_it_says(
        int rows,
        int wordings,
        double first,
        double second,
        double shared
    )
    {
        var found = new (bool Holds, string Word)[Draws];
        Parallel.For(
            0,
            Draws,
            draw =>
            {
                var (a, b) = Answers(new SplitMix64((ulong)draw + 1), rows, wordings, first, second, shared);
                var pair = PairJudge.Judge(
                    RatioMetric.All[0],
                    ("first", a),
                    ("second", b),
                    new RowTotals(a),
                    Confidence
                )!;
                found[draw] = (new Interval(pair.Low, pair.High).Contains(second - first), pair.Word);
            }
        );

        Assert.InRange(found.Count(f => f.Holds) / (double)Draws, 0.93, 0.97);
        if (first == second)
        {
            Assert.InRange(found.Count(f => f.Word == "better") / (double)Draws, 0.005, 0.032);
            Assert.InRange(found.Count(f => f.Word == "worse") / (double)Draws, 0.005, 0.032);
        }
    }

    private static (List<Answered> First, List<Answered> Second) Answers(
        SplitMix64 random,
        int rows,
        int wordings,
        double first,
        double second,
        double shared
    )
    {
        double Draw() => random.Below(1 << 30) / (double)(1 << 30);
        var answers = (First: new List<Answered>(), Second: new List<Answered>());
        for (var row = 0; row < rows; row++)
        {
            double? together = Draw() < shared ? Draw() : null;
            for (var wording = 0; wording < wordings; wording++)
            {
                answers.First.Add(Answer(row, wording, (together ?? Draw()) < first));
                answers.Second.Add(Answer(row, wording, (together ?? Draw()) < second));
            }
        }

        return answers;
    }

    private static Answered Answer(int row, int wording, bool right) =>
        new(
            row,
            wording == 0 ? "ask" : "terse",
            "yes",
            right ? "yes" : "no",
            right,
            right,
            1,
            -1,
            1,
            1,
            null,
            true,
            true,
            new TextScores(right ? "yes" : "no", ["yes"]),
            null,
            null
        );
}
