using Finetune.Engine.Metrics.Texts;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>A metric as a pooled ratio: what an answer adds above and below the line, and what becomes of it.</summary>
/// <param name="Name">See <see cref="MetricNames"/>.</param>
/// <param name="Above">Numerator of one answer.</param>
/// <param name="Below">Denominator of one answer.</param>
/// <param name="Statistic">From the ratio to the metric.</param>
/// <param name="LowerIsBetter">Whether a smaller value is a gain.</param>
internal sealed record RatioMetric(
    string Name,
    Func<Answered, double> Above,
    Func<Answered, double> Below,
    Func<double, double> Statistic,
    bool LowerIsBetter
)
{
    /// <summary>All metrics.</summary>
    public static IReadOnlyList<RatioMetric> All { get; } =
    [
        new(MetricNames.Accuracy, a => a.Correct ? 1 : 0, _ => 1, share => share, false),
        new(MetricNames.ExactMatch, a => a.Matches ? 1 : 0, _ => 1, share => share, false),
        new(
            MetricNames.TokenAccuracy,
            a => Scored(a) * a.LabelTokensRight,
            a => Scored(a) * a.LabelTokens,
            share => share,
            false
        ),
        new(MetricNames.Perplexity, a => -(a.LogProb ?? 0), a => Scored(a) * a.LabelTokens, Math.Exp, true),
        new(MetricNames.F1, a => a.Text.F1, _ => 1, mean => mean, false),
        .. Rouge.Names.Select((name, kind) => OfRouge(name, kind)),
        new(MetricNames.Chrf, a => a.Text.Chrf, _ => 1, mean => mean, false),
    ];

    /// <summary>Whether an answer adds a whole number: right or wrong, so many tokens.</summary>
    public bool Counts => CountsAnswers || Name == MetricNames.TokenAccuracy;

    /// <summary>Whether a p of the exact test fits: each answer is right or wrong.</summary>
    public bool CountsAnswers => Name is MetricNames.Accuracy or MetricNames.ExactMatch;

    /// <summary>The metric of that name; one that is not among <see cref="All"/> is the document's own.</summary>
    public static RatioMetric Of(string name) =>
        All.SingleOrDefault(metric => metric.Name == name)
        ?? new RatioMetric(name, a => a.Own?.GetValueOrDefault(name) ?? 0, _ => 1, mean => mean, false);

    /// <summary>The word for a difference's interval.</summary>
    public string Word(double low, double high) =>
        low > 0 ? (LowerIsBetter ? PairVerdict.Worse : PairVerdict.Better)
        : high < 0 ? (LowerIsBetter ? PairVerdict.Better : PairVerdict.Worse)
        : PairVerdict.NotDistinguishable;

    /// <summary>The metric over these answers; null where it is not a number.</summary>
    public double? Of(IReadOnlyList<Answered> answers)
    {
        var value = Statistic(answers.Sum(Above) / answers.Sum(Below));
        return double.IsFinite(value) ? value : null;
    }

    private static RatioMetric OfRouge(string name, int kind) =>
        new(name, a => a.Text.RougeF(kind), _ => 1, mean => mean, false);

    // A prompt that did not fit has no likelihood and adds no tokens.
    private static int Scored(Answered answer) => answer.LogProb is null ? 0 : 1;
}
