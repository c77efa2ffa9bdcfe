using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>What each contender's prompts cost in tokens: examples in the prompt are paid for in every call.</summary>
internal static class PromptSection
{
    public static Markup Write(ReportFacts facts)
    {
        var costs = facts.Verdict.Contenders.Select(c => c.Value.PromptTokens.Mean).ToList();
        var cheapest = costs.Min();
        return Markup.Of(
            $"""
            <p class="lead">{Lead(facts, cheapest)}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Prompt tokens"><table>
            <thead><tr><th scope="col">Contender</th><th scope="col" class="wide"><span class="sr">Tokens a prompt as a bar</span></th><th scope="col" class="number">Tokens a prompt</th><th scope="col" class="number">Longest</th><th scope="col" class="number">Share of window</th><th scope="col" class="number">All prompts</th><th scope="col" class="number">Cost</th><th scope="col" class="number">Seconds a row</th></tr></thead>
            <tbody>{facts.Evaluations.Select(e => Row(facts, e.Contender, costs.Max(), cheapest))}</tbody></table></div>
            {Shots(facts)}

            """
        );
    }

    private static string Lead(ReportFacts facts, double cheapest)
    {
        var dearest = facts.Verdict.Contenders.MaxBy(c => c.Value.PromptTokens.Mean);
        var times = dearest.Value.PromptTokens.Mean / Math.Max(1e-9, cheapest);
        return times < 1.05
            ? "Every contender's prompts are equally long."
            : $"{Figures.Contender(dearest.Key)} pays {Figures.Large(times)} times the prompt tokens in every single call, for as long as it is used.";
    }

    private static Markup Row(ReportFacts facts, string name, double most, double cheapest)
    {
        var cost = facts.Verdict.Contenders[name].PromptTokens;
        var share = cost.Window == 0 ? "–" : Figures.Percent(cost.Mean / cost.Window);
        return Markup.Of(
            $"""<tr><th scope="row">{Figures.Contender(name)}</th><td class="wide">{IntervalStrip.Share(most == 0 ? 0 : cost.Mean / most, null, null, Tones.Contender(name))}</td><td class="number strong">{Figures.Large(cost.Mean)}</td><td class="number">{Figures.Count(cost.Max)}</td><td class="number">{share} <span class="dim">of {Figures.Count(cost.Window)}</span></td><td class="number">{Figures.Count(cost.Total)}</td><td class="number">{Figures.Large(cost.Mean / Math.Max(1e-9, cheapest))}×</td><td class="number">{Seconds(facts, name)}</td></tr>"""
        );
    }

    // Of the run that made the answers, loading the model included.
    private static string Seconds(ReportFacts facts, string contender) =>
        facts.Steps.FirstOrDefault(s => s.Step == $"evaluate.{contender}")?.Figure("seconds") is { } seconds
            ? Figures.Number(seconds / Math.Max(1, facts.Verdict.Rows))
            : "–";

    private static Markup Shots(ReportFacts facts) =>
        Markup.Join(
            facts
                .Evaluations.Where(e => e.Contender.StartsWith("few_shot_", StringComparison.Ordinal))
                .Select(e =>
                    Markup.Of(
                        $"""<p class="dim">{Figures.Contender(e.Contender)} shows {Shown(e)}{(e.DidNotFit > 0 ? $"; {Figures.Plural(e.DidNotFit, "prompt")} did not fit" : "")}.</p>"""
                    )
                )
        );

    private static string Shown(EvaluationSummary evaluation) =>
        evaluation.Shots.Count == 0
            ? "the training rows whose prompts are most like the question (BM25), the nearest last"
            : $"training {(evaluation.Shots.Count == 1 ? "row" : "rows")} {string.Join(", ", evaluation.Shots.Select(Figures.Count))} in every prompt";
}
