using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Contenders by metrics.</summary>
internal static class MetricsSection
{
    public static Markup Write(ReportFacts facts)
    {
        var contenders = facts.Verdict.Contenders;
        var labels = contenders.Values.Any(c => c.Labels is not null);
        return Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="Metrics of contenders"><table>
            <thead><tr><th scope="col">Metric</th>{contenders.Keys.Select(name =>
                Markup.Of(
                    $"""<th scope="col" class="number"><span class="swatch {Tones.Contender(name)}" aria-hidden="true"></span> {Figures.Contender(name)}</th>"""
                )
            )}</tr></thead>
            <tbody>
            {facts.Verdict.Metrics.Select(metric =>
                Row(Figures.Metric(metric), contenders.Values.Select(c => Value(metric, c)))
            )}
            {(
                labels
                    ? Row(
                        "Macro F1",
                        contenders.Values.Select(c => Plain(c.Labels is null ? "–" : Figures.Percent(c.Labels.MacroF1)))
                    )
                    : Markup.Empty
            )}
            {Row(
                "Right answers",
                contenders.Values.Select(c =>
                    Plain($"{Figures.Count(c.Correct)} of {Figures.Count(facts.Verdict.Examples)}")
                )
            )}
            {(
                facts.Verdict.Answers is null
                    ? Markup.Empty
                    : Row("No answer to read", contenders.Values.Select(c => Plain(Figures.Count(c.Unreadable))))
            )}
            {Row("Did not fit", contenders.Values.Select(c => Plain(Figures.Count(c.Unanswered))))}
            {Stops(contenders)}
            </tbody></table></div>
            <p class="dim">Small figures: {Sure(facts)} intervals (Wilson's for shares, rows as the unit). Token accuracy and perplexity are over the tokens of the right answers.</p>

            """
        );
    }

    private static Markup Row(string name, IEnumerable<Markup> cells) =>
        Markup.Of(
            $"""<tr><th scope="row">{name}</th>{cells.Select(c => Markup.Of($"""<td class="number">{c}</td>"""))}</tr>"""
        );

    private static Markup Plain(string text) => Markup.Of($"{text}");

    private static Markup Value(string metric, ContenderVerdict contender) =>
        Cell(metric, contender.Metrics[metric], contender.Intervals.GetValueOrDefault(metric));

    /// <summary>What stands in a cell: a value, and its interval where it has one.</summary>
    public static Markup Cell(string metric, double? value, IntervalRecord? interval)
    {
        var around = interval is null
            ? Markup.Empty
            : Markup.Of(
                $"<small>{Figures.Value(metric, interval.Low)} to {Figures.Value(metric, interval.High)}</small>"
            );
        return Markup.Of($"""<span class="strong">{Figures.Value(metric, value)}</span>{around}""");
    }

    private static Markup Stops(IReadOnlyDictionary<string, ContenderVerdict> contenders)
    {
        if (contenders.Values.All(c => c.Stops is null))
        {
            return Markup.Empty;
        }

        return Row(
            "Generation ended by itself",
            contenders.Values.Select(c =>
                Plain(
                    c.Stops is null
                        ? "–"
                        : $"{Figures.Count(c.Stops.Where(s => s.Key != "length").Sum(s => s.Value))} of {Figures.Count(c.Stops.Values.Sum())}"
                )
            )
        );
    }

    private static string Sure(ReportFacts facts) => Figures.Percent(facts.Verdict.Confidence, 0);
}
