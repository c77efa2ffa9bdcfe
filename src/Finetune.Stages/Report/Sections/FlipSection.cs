using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Rows fixed and rows broken, side by side.</summary>
internal static class FlipSection
{
    public static Markup Write(ReportFacts facts) => Markup.Join(facts.Flips.Select((f, i) => Pair(f, i == 0)));

    private static Markup Pair(FlipFact flip, bool open)
    {
        var (first, second) = (VerdictSentence.Name(flip.First), Figures.Contender(flip.Second));
        return Markup.Of(
            $"""
            <details{(
                open ? Markup.Of($" open") : Markup.Empty
            )}><summary>{second} against {first}: <span class="word good">{Figures.Count(
                flip.Fixed
            )} fixed</span>, <span class="word bad">{Figures.Count(flip.Broken)} broken</span></summary>
            <div class="sides">{Side(flip, flip.FixedSamples, flip.Fixed, "Fixed", "good")}{Side(
                flip,
                flip.BrokenSamples,
                flip.Broken,
                "Broken",
                "bad"
            )}</div></details>

            """
        );
    }

    private static Markup Side(FlipFact flip, IReadOnlyList<SampleFact> samples, int all, string title, string tone)
    {
        var more = samples.Count < all ? $"{Figures.Count(samples.Count)} of {Figures.Count(all)} shown" : "";
        return Markup.Of(
            $"""<div><h3 class="word {tone}"><span aria-hidden="true">{(tone == "good" ? "▲" : "▼")}</span> {title} <small class="dim">{more}</small></h3>{(all == 0 ? Markup.Of($"""<p class="dim">None.</p>""") : Markup.Empty)}<ul class="cards">{samples.Select(s => Card(flip, s))}</ul></div>"""
        );
    }

    private static Markup Card(FlipFact flip, SampleFact sample) =>
        Markup.Of(
            $"""<li><p class="dim place">row {sample.Row} · {sample.Template}</p>{PromptBox.Write(sample.Prompt)}<dl class="answers"><dt>right</dt><dd dir="auto">{sample.Reference}</dd>{SampleSection.Answer(flip.First, sample)}{SampleSection.Answer(flip.Second, sample)}</dl></li>"""
        );
}
