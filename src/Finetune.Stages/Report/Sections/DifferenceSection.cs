using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Every difference with its interval, one plot a metric.</summary>
internal static class DifferenceSection
{
    public static Markup Write(ReportFacts facts)
    {
        var metrics = facts.Verdict.Pairs.GroupBy(p => p.Metric, StringComparer.Ordinal).ToList();
        if (metrics.Count == 0)
        {
            return Markup.Empty;
        }

        var clustered =
            facts.Verdict.Templates.Count > 1
                ? " Rows are drawn with all their wordings, so more wordings do not make it look surer than it is."
                : "";
        return Markup.Of(
            $"""
            <p class="lead">Both contenders answered the same rows, so each difference is taken row by row. A whisker that crosses the line at 0 means: the rows do not tell which is better.{clustered}</p>
            {Table(facts, "Differences", metrics.Take(1))}
            {(
                metrics.Count > 1
                    ? Markup.Of(
                        $"""<details><summary>Other metrics</summary>{Table(facts, "Differences in other metrics", metrics.Skip(1))}</details>"""
                    )
                    : Markup.Empty
            )}
            <p class="dim">Interval: percentiles of 10{"\u202f"}000 paired bootstrap draws over rows; of shares of answers as wide as Tango's score interval too where fewer than ten rows differ. p: McNemar's exact test over rows for shares of answers, else from the bootstrap. Holm: p held against all {facts.Verdict.Pairs.Count} differences at once.</p>

            """
        );
    }

    /// <summary>What a metric's differences are counted in.</summary>
    public static string Unit(string metric) => metric == "perplexity" ? "lower is better" : "points";

    /// <summary>A difference on its strip; better is to the right for every metric.</summary>
    public static Markup Strip(string metric, double value, double low, double high, double reach, string tone)
    {
        var flip = metric == "perplexity" ? -1 : 1;
        return IntervalStrip.Difference(flip * value, flip * low, flip * high, reach, tone);
    }

    private static Markup Table(ReportFacts facts, string title, IEnumerable<IGrouping<string, PairVerdict>> metrics) =>
        Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{title}"><table class="forest-table">
            <thead><tr><th scope="col">Second against first</th><th scope="col" class="wide">◀ worse · better ▶</th><th scope="col" class="number">Difference</th><th scope="col" class="number">{Figures.Percent(
                facts.Verdict.Confidence,
                0
            )} interval</th><th scope="col">Verdict</th><th scope="col" class="number">p</th><th scope="col" class="number">p (Holm)</th></tr></thead>
            {metrics.Select(Body)}</table></div>
            """
        );

    private static Markup Body(IGrouping<string, PairVerdict> metric)
    {
        var reach = metric.Max(p => Math.Max(Math.Abs(p.Low), Math.Abs(p.High)));
        return Markup.Of(
            $"""<tbody><tr><th class="group" colspan="7" scope="rowgroup">{Figures.Metric(metric.Key)} <span class="dim">({Unit(metric.Key)})</span></th></tr>{metric.Select(p => Row(p, reach > 0 ? reach : 1))}</tbody>"""
        );
    }

    private static Markup Row(PairVerdict pair, double reach)
    {
        var tone = Tones.Of(pair.Word);
        return Markup.Of(
            $"""<tr><th scope="row">{Figures.Contender(pair.Second)} <span class="dim">against</span> {VerdictSentence.Name(pair.First)}</th><td class="wide">{Strip(pair.Metric, pair.Difference, pair.Low, pair.High, reach, tone)}</td><td class="number strong">{Figures.Difference(pair.Metric, pair.Difference)}</td><td class="number">{Figures.Difference(pair.Metric, pair.Low)} to {Figures.Difference(pair.Metric, pair.High)}</td><td><span class="word {tone}"><span aria-hidden="true">{Tones.Sign(pair.Word)}</span> {pair.Word}</span></td><td class="number dim p">{Figures.BareP(pair.P)}</td><td class="number dim holm">{Figures.BareP(pair.AdjustedP)}</td></tr>"""
        );
    }
}
