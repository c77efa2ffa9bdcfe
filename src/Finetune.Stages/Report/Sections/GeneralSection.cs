using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>What tuning did to the rest of the model.</summary>
internal static class GeneralSection
{
    public static Markup Write(ReportFacts facts)
    {
        if (facts.Verdict.General is not { } general)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <p class="lead">{Figures.Plural(
                general.Rows,
                "row"
            )} of <bdi>{general.Source}</bdi>, which the model was not tuned for, asked of the base and of the tuned model alike. Worse here: it forgot.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="General questions"><table>
            <thead><tr><th scope="col">Metric</th>{general.Contenders.Keys.Select(name =>
                Markup.Of($"""<th scope="col" class="number">{Figures.Contender(name)}</th>""")
            )}<th scope="col" class="number">Difference</th><th scope="col">Verdict</th><th scope="col" class="number">p (Holm)</th></tr></thead>
            <tbody>{facts.Verdict.Metrics.Select(metric => Row(general, metric))}</tbody></table></div>

            """
        );
    }

    private static Markup Row(GeneralVerdict general, string metric) =>
        Markup.Of(
            $"""<tr><th scope="row">{Figures.Metric(metric)}</th>{general.Contenders.Values.Select(c => Value(c, metric))}{Pair(general.Pairs.FirstOrDefault(p => p.Metric == metric))}</tr>"""
        );

    private static Markup Value(GeneralContender contender, string metric) =>
        Markup.Of(
            $"""<td class="number">{MetricsSection.Cell(metric, contender.Metrics[metric], contender.Intervals.GetValueOrDefault(metric))}</td>"""
        );

    private static Markup Pair(PairVerdict? pair) =>
        pair is null
            ? Markup.Of($"""<td class="number">–</td><td></td><td></td>""")
            : Markup.Of(
                $"""<td class="number"><span class="strong">{Figures.Difference(pair.Metric, pair.Difference)}</span><small>{Figures.Difference(pair.Metric, pair.Low)} to {Figures.Difference(pair.Metric, pair.High)}</small></td><td><span class="word {Tones.Of(pair.Word)}"><span aria-hidden="true">{Tones.Sign(pair.Word)}</span> {pair.Word}</span></td><td class="number dim">{Figures.BareP(pair.AdjustedP)}</td>"""
            );
}
