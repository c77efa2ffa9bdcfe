using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Rows spread over the test with everybody's answers.</summary>
internal static class SampleSection
{
    public static Markup Write(ReportFacts facts)
    {
        if (facts.Samples.Count == 0)
        {
            return Markup.Empty;
        }

        var contenders = facts.Verdict.Contenders.Keys;
        return Markup.Of(
            $"""
            <p class="lead">{Figures.Plural(
                facts.Samples.Count,
                "answer"
            )} spread evenly over the test, neither best nor worst.</p>
            <ul class="cards columns">{facts.Samples.Select(s =>
                Markup.Of(
                    $"""<li><p class="dim place">row {s.Row} · {s.Template}</p>{PromptBox.Write(s.Prompt)}<dl class="answers"><dt>right</dt><dd dir="auto">{s.Reference}</dd>{contenders.Select(c => Answer(c, s))}</dl></li>"""
                )
            )}</ul>

            """
        );
    }

    /// <summary>The sign of an answer.</summary>
    public static Markup Mark(bool right) =>
        Markup.Of(
            $"""<span class="word {(right ? "good" : "bad")}"><span role="img" aria-label="{(right ? "right" : "wrong")}">{(right ? "✓" : "✗")}</span></span>"""
        );

    /// <summary>One contender's answer as an entry of a list of answers.</summary>
    public static Markup Answer(string contender, SampleFact sample)
    {
        var answer = sample.Answers[contender];
        var said =
            answer.Prediction is null ? Markup.Of($"""<i>did not fit</i>""")
            : answer.Prediction.Length == 0 ? Markup.Of($"""<i>nothing</i>""")
            : Markup.Of($"{answer.Prediction}");
        return Markup.Of(
            $"""<dt><span class="swatch {Tones.Contender(contender)}" aria-hidden="true"></span> {Figures.Contender(contender)}</dt><dd dir="auto">{Mark(answer.Correct)} {said}</dd>"""
        );
    }
}
