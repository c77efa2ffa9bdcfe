using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Groups of test rows, each judged by itself.</summary>
internal static class SliceSection
{
    public static Markup Write(ReportFacts facts)
    {
        if (facts.Verdict.Slices is not { Count: > 0 } slices)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <p class="lead">Accuracy on parts of the test rows. Parts are smaller than the whole, so their intervals are wider; of many parts one shines by chance, which p (Holm) makes up for.</p>
            {slices.Select(slice => Table(facts, slice))}
            """
        );
    }

    /// <summary>How rows are grouped, as a heading.</summary>
    public static string Title(SliceVerdict slice) => $"By {Name(slice)}";

    private static string Name(SliceVerdict slice) => slice.ByLength ? $"length of {slice.Column}" : slice.Column;

    private static Markup Table(ReportFacts facts, SliceVerdict slice)
    {
        var contenders = facts.Verdict.Contenders.Keys.ToList();
        var name = Name(slice);
        var pair = VerdictSentence.Headline(facts.Verdict);
        var against = pair is null
            ? Markup.Empty
            : Markup.Of(
                $"""<th scope="col" class="number">{Figures.Contender(pair.Second)} against {VerdictSentence.Name(pair.First)}</th><th scope="col" class="number">p (Holm)</th><th scope="col" class="number">Fixed</th><th scope="col" class="number">Broken</th>"""
            );
        return Markup.Of(
            $"""
            <h3 dir="auto">By {name}</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="Accuracy by {name}"><table>
            <thead><tr><th scope="col"><span class="sr">Part</span></th><th scope="col" class="number">Rows</th>{contenders.Select(c =>
                Markup.Of($"""<th scope="col" class="number">{Figures.Contender(c)}</th>""")
            )}{against}</tr></thead>
            <tbody>{slice.Groups.Select(group => Row(group, contenders))}</tbody></table></div>

            """
        );
    }

    private static Markup Row(SliceGroup group, List<string> contenders) =>
        Markup.Of(
            $"""<tr><th scope="row" dir="auto">{group.Name}</th><td class="number">{Figures.Count(group.Rows)}</td>{contenders.Select(c => Share(group.Contenders[c]))}{Pair(group.Pair)}</tr>"""
        );

    private static Markup Share(TemplateVerdict accuracy) =>
        Markup.Of(
            $"""<td class="number"><span class="strong">{Figures.Percent(accuracy.Accuracy)}</span><small class="dim">{Figures.Percent(accuracy.Low)} to {Figures.Percent(accuracy.High)}</small></td>"""
        );

    private static Markup Pair(PairVerdict? pair) =>
        pair is null
            ? Markup.Empty
            : Markup.Of(
                $"""<td class="number"><span class="word {Tones.Of(pair.Word)}"><span aria-hidden="true">{Tones.Sign(pair.Word)}</span> {Figures.Difference(pair.Metric, pair.Difference)}</span><small class="dim">{Figures.Difference(pair.Metric, pair.Low)} to {Figures.Difference(pair.Metric, pair.High)}</small></td><td class="number dim">{Figures.BareP(pair.AdjustedP)}</td><td class="number">{Figures.Count(pair.Fixed)}</td><td class="number">{Figures.Count(pair.Broken)}</td>"""
            );
}
