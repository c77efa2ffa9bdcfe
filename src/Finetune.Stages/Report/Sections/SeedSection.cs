using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>The same training with several seeds: whether a difference is the luck of one.</summary>
internal static class SeedSection
{
    public static Markup Write(ReportFacts facts)
    {
        if (facts.Verdict.Seeds is not { } seeds)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <p class="lead">The training was run with {Figures.Plural(
                seeds.Seeds.Count,
                "seed"
            )}, and all of them answered the same rows. The model of the first is the tuned one in the rest of this report.</p>
            {Values(seeds)}
            {Differences(facts, seeds)}
            <p class="dim">Interval of the mean: the chance of rows (bootstrap) and of seeds (Student's t) together. Two or three seeds say little of their spread, so it is wide.</p>

            """
        );
    }

    private static Markup Values(SeedVerdict seeds) =>
        Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="Metrics by seed"><table>
            <thead><tr><th scope="col">Tuned</th>{seeds.Seeds.Select(seed =>
                Markup.Of($"""<th scope="col" class="number">Seed {seed}</th>""")
            )}<th scope="col" class="number">Mean</th><th scope="col" class="number">Deviation</th></tr></thead>
            <tbody>{seeds.Metrics.Select(metric =>
                Markup.Of(
                    $"""<tr><th scope="row">{Figures.Metric(metric.Metric)}</th>{metric.Values.Select(value => Markup.Of($"""<td class="number">{Figures.Value(metric.Metric, value)}</td>"""))}<td class="number">{MetricsSection.Cell(metric.Metric, metric.Mean, Around(metric))}</td><td class="number">{Figures.Value(metric.Metric, metric.Deviation)}</td></tr>"""
                )
            )}</tbody></table></div>
            """
        );

    private static IntervalRecord? Around(SeedMetric metric) =>
        metric is { Low: { } low, High: { } high } ? new IntervalRecord(low, high) : null;

    private static Markup Differences(ReportFacts facts, SeedVerdict seeds)
    {
        if (seeds.Differences.Count == 0)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <h3>Differences of the mean</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="Differences over seeds"><table class="forest-table">
            <thead><tr><th scope="col">Tuned against</th><th scope="col" class="wide">◀ worse · better ▶</th><th scope="col" class="number">Mean</th><th scope="col" class="number">{Figures.Percent(
                facts.Verdict.Confidence,
                0
            )} interval</th><th scope="col">Verdict</th><th scope="col" class="number">By seed</th></tr></thead>
            {seeds.Differences.GroupBy(d => d.Metric, StringComparer.Ordinal).Select(Body)}</table></div>
            """
        );
    }

    private static Markup Body(IGrouping<string, SeedDifference> metric)
    {
        var reach = metric.Max(d => Math.Max(Math.Abs(d.Low), Math.Abs(d.High)));
        return Markup.Of(
            $"""<tbody><tr><th class="group" colspan="6" scope="rowgroup">{Figures.Metric(metric.Key)} <span class="dim">({DifferenceSection.Unit(metric.Key)})</span></th></tr>{metric.Select(d => Row(d, reach > 0 ? reach : 1))}</tbody>"""
        );
    }

    private static Markup Row(SeedDifference difference, double reach)
    {
        var metric = difference.Metric;
        var tone = Tones.Of(difference.Word);
        return Markup.Of(
            $"""<tr><th scope="row">{VerdictSentence.Name(difference.First)}</th><td class="wide">{DifferenceSection.Strip(metric, difference.Mean, difference.Low, difference.High, reach, tone)}</td><td class="number strong">{Figures.Difference(metric, difference.Mean)}</td><td class="number">{Figures.Difference(metric, difference.Low)} to {Figures.Difference(metric, difference.High)}</td><td><span class="word {tone}"><span aria-hidden="true">{Tones.Sign(difference.Word)}</span> {difference.Word}</span></td><td class="number dim">{string.Join(", ", difference.Values.Select(v => Figures.Difference(metric, v)))}</td></tr>"""
        );
    }
}
