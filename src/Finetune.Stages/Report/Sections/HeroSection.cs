using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>The verdict in five seconds: the sentence, what it means, one tile a contender.</summary>
internal static class HeroSection
{
    public static Markup Write(ReportFacts facts)
    {
        var pair = VerdictSentence.Headline(facts.Verdict);
        return Markup.Of(
            $"""
            <header class="hero {Tones.Of(pair?.Word)}">
            <p class="kicker"><span dir="auto">{facts.Name}</span> · fine-tuning report</p>
            <h1>{Broken(facts.Sentence)}</h1>
            <p class="badges">{Badge(pair)}{Notes(facts)}{Gates(facts)}{Unanswered(facts)}{Few(facts)}</p>
            <div class="tiles">{facts.Verdict.Contenders.Select(c => Tile(facts, c.Key, c.Value, pair))}</div>
            </header>

            """
        );
    }

    // The difference in colour, and no line ends within "zero-shot".
    private static Markup Broken(string sentence)
    {
        var colon = sentence.LastIndexOf(": ", StringComparison.Ordinal);
        return colon < 0
            ? Whole(sentence)
            : Markup.Of(
                $"""{Whole(sentence[..(colon + 1)])} <span class="effect">{Whole(sentence[(colon + 2)..])}</span>"""
            );
    }

    private static Markup Whole(string text) =>
        Markup.Join(
            text.Replace(" %", "\u00a0%", StringComparison.Ordinal)
                .Split(' ')
                .Select((word, i) => (Space: i == 0 ? "" : " ", Word: word))
                .Select(w =>
                    w.Word.Contains('-', StringComparison.Ordinal)
                        ? Markup.Of($"""{w.Space}<span class="whole">{w.Word}</span>""")
                        : Markup.Of($"{w.Space}{w.Word}")
                )
        );

    private static Markup Badge(PairVerdict? pair)
    {
        if (pair is null)
        {
            return Markup.Empty;
        }

        var first = VerdictSentence.Name(pair.First);
        var text = pair.Word switch
        {
            PairVerdict.Better => $"better than {first}: the interval leaves 0 out",
            PairVerdict.Worse => $"worse than {first}: the interval leaves 0 out",
            _ => $"not distinguishable from {first}: the interval holds 0",
        };
        return Markup.Of(
            $"""<span class="badge {Tones.Of(pair.Word)}"><b aria-hidden="true">{Tones.Sign(pair.Word)}</b> {text} ({Figures.P(pair.P)})</span> <span class="badge">{Figures.Plural(pair.Fixed, "answer")} fixed, {Figures.Count(pair.Broken)} broken</span> """
        );
    }

    private static Markup Notes(ReportFacts facts) =>
        Markup.Join(
            VerdictNotes
                .Of(facts.Verdict)
                .Select(note =>
                    Markup.Of(
                        $"""<span class="badge {Tones.Of(note.Word)}"><b aria-hidden="true">{Tones.Sign(note.Word)}</b> {note.Text}</span> """
                    )
                )
        );

    private static Markup Gates(ReportFacts facts)
    {
        var missed = facts.Gates.Count(g => !g.Holds);
        return facts.Gates.Count == 0 ? Markup.Empty
            : missed == 0
                ? Markup.Of(
                    $"""<span class="badge good"><b aria-hidden="true">✓</b> {Figures.Plural(facts.Gates.Count, "requirement")} met</span> """
                )
            : Markup.Of(
                $"""<span class="badge bad"><b aria-hidden="true">✗</b> {Figures.Count(missed)} of {Figures.Plural(facts.Gates.Count, "requirement")} not met</span> """
            );
    }

    private static Markup Unanswered(ReportFacts facts)
    {
        var worst = facts.Verdict.Contenders.MaxBy(c => c.Value.Unanswered);
        return worst.Value is null or { Unanswered: 0 }
            ? Markup.Empty
            : Markup.Of(
                $"""<span class="badge warn"><b aria-hidden="true">!</b> {Figures.Plural(worst.Value.Unanswered, "prompt")} of {VerdictSentence.Name(worst.Key)} did not fit and count as wrong</span> """
            );
    }

    private static Markup Few(ReportFacts facts) =>
        facts.Verdict.Rows >= 30
            ? Markup.Empty
            : Markup.Of(
                $"""<span class="badge warn"><b aria-hidden="true">!</b> only {Figures.Plural(facts.Verdict.Rows, "test row")}: intervals of so few rows promise too much</span>"""
            );

    private static Markup Tile(ReportFacts facts, string name, ContenderVerdict contender, PairVerdict? headline)
    {
        var metric = headline?.Metric ?? (facts.Verdict.Metrics.Count > 0 ? facts.Verdict.Metrics[0] : "accuracy");
        var value = contender.Metrics[metric];
        var interval = contender.Intervals.GetValueOrDefault(metric);
        var strip =
            metric == "perplexity" || value is null
                ? Markup.Empty
                : IntervalStrip.Share(value.Value, interval?.Low, interval?.High, Tones.Contender(name));
        var right =
            metric == "accuracy"
                ? Markup.Of(
                    $"<p>{Figures.Count(contender.Correct)} of {Figures.Count(facts.Verdict.Examples)} right</p>"
                )
                : Markup.Empty;
        return Markup.Of(
            $"""
            <div class="tile {Tones.Contender(name)}"><h2>{Figures.Contender(name)}</h2>
            <p class="big">{Figures.Value(metric, value)}</p>{strip}
            <p>{(
                interval is null
                    ? ""
                    : $"{Figures.Value(metric, interval.Low)} to {Figures.Value(metric, interval.High)}"
            )} <span class="dim">{MetricTitles.Of(metric)}, {Sure(facts)} interval</span></p>{right}</div>

            """
        );
    }

    private static string Sure(ReportFacts facts) => Figures.Percent(facts.Verdict.Confidence, 0);
}
