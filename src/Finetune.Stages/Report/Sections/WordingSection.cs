using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Accuracy of every contender in every wording; nothing with one wording.</summary>
internal static class WordingSection
{
    public static Markup Write(ReportFacts facts)
    {
        if (facts.Verdict.Templates.Count < 2)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <p class="lead">The same rows in {Figures.Plural(
                facts.Verdict.Templates.Count,
                "wording"
            )}. A model that has learnt the task does not mind how it is asked.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Accuracy by wording"><table>
            <thead><tr><th scope="col">Wording</th><th scope="col">Contender</th><th scope="col" class="wide"><span class="sr">Accuracy as a bar</span></th><th scope="col" class="number">Accuracy</th><th scope="col" class="number">{Sure(facts)} interval</th><th scope="col" class="number">Right</th></tr></thead>
            {facts.Verdict.Templates.Select(t => Body(facts, t))}</table></div>
            {Spread(facts)}

            """
        );
    }

    private static Markup Body(ReportFacts facts, string template)
    {
        var contenders = facts.Verdict.Contenders.Where(c => c.Value.Templates.ContainsKey(template)).ToList();
        return Markup.Of(
            $"""<tbody>{contenders.Select((c, i) => Row(template, IsHeldOut(facts, template), i == 0 ? contenders.Count : 0, c.Key, c.Value.Templates[template]))}</tbody>"""
        );
    }

    private static Markup Row(string template, bool heldOut, int span, string contender, TemplateVerdict wording)
    {
        var head =
            span == 0
                ? Markup.Empty
                : Markup.Of(
                    $"""<th scope="rowgroup" rowspan="{span}" dir="auto">{template}{(heldOut ? Markup.Of($"""<small class="dim">never trained on</small>""") : Markup.Empty)}</th>"""
                );
        return Markup.Of(
            $"""<tr>{head}<td>{Figures.Contender(contender)}</td><td class="wide">{IntervalStrip.Share(wording.Accuracy, wording.Low, wording.High, Tones.Contender(contender))}</td><td class="number strong">{Figures.Percent(wording.Accuracy)}</td><td class="number">{Figures.Percent(wording.Low)} to {Figures.Percent(wording.High)}</td><td class="number">{Figures.Count(wording.Correct)} of {Figures.Count(wording.Examples)}</td></tr>"""
        );
    }

    // What a training stage of the document names, or takes by default.
    private static bool IsHeldOut(ReportFacts facts, string template) =>
        facts.Document["training"] is JsonArray { Count: > 0 } stages
        && stages.All(stage => stage?["templates"] is JsonArray names && !names.Any(name => (string?)name == template));

    private static Markup Spread(ReportFacts facts) =>
        Markup.Of(
            $"""<p class="dim">Spread between best and worst wording: {string.Join(", ", facts.Verdict.Contenders.Select(c => $"{Figures.Contender(c.Key)} {Figures.Difference("accuracy", c.Value.Templates.Values.Max(t => t.Accuracy) - c.Value.Templates.Values.Min(t => t.Accuracy)).TrimStart('+')} points"))}.</p>"""
        );

    private static string Sure(ReportFacts facts) => Figures.Percent(facts.Verdict.Confidence, 0);
}
