using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Whether contenders are right as often as they are sure.</summary>
internal static class ReliabilitySection
{
    public static Markup Write(ReportFacts facts)
    {
        var shown = facts.Verdict.Contenders.Where(c => c.Value.Calibration is not null).ToList();
        return shown.Count == 0
            ? Markup.Empty
            : Markup.Of(
                $"""
                <p class="lead">How sure: the probability of the choice taken, among the choices. Bars on the dashed line: right as often as sure. Below it: too sure of itself, so a threshold on its confidence promises too much. Wider bars hold more answers.</p>
                <div class="charts small">{shown.Select(c =>
                    ReliabilityChart.Draw(Figures.Contender(c.Key), Tones.Contender(c.Key), c.Value.Calibration!)
                )}</div>
                <details><summary>Figures</summary><div class="scroll" tabindex="0" role="region" aria-label="Confidence and accuracy"><table>
                <thead><tr><th scope="col">Confidence</th>{shown.Select(c =>
                    Markup.Of(
                        $"""<th scope="col" class="number">{Figures.Contender(c.Key)}: answers</th><th scope="col" class="number">right</th>"""
                    )
                )}</tr></thead>
                <tbody>{Enumerable.Range(0, shown[0].Value.Calibration!.Bins.Count).Select(i => Row(i, shown))}</tbody></table></div>
                <p class="dim">ECE: mean distance of the share of right answers from the mean confidence, over ten bins of equal width, weighted by answers. Brier: {string.Join(
                    ", ",
                    shown.Select(c =>
                        $"{Figures.Contender(c.Key)} {Figures.Number(c.Value.Calibration!.Brier)}"
                    )
                )}.</p></details>

                """
            );
    }

    private static Markup Row(int place, List<KeyValuePair<string, ContenderVerdict>> shown)
    {
        var bins = shown[0].Value.Calibration!.Bins.Count;
        return Markup.Of(
            $"""<tr><th scope="row">{Figures.Percent((double)place / bins, 0)} to {Figures.Percent((place + 1.0) / bins, 0)}</th>{shown.Select(c => Cell(c.Value.Calibration!.Bins[place]))}</tr>"""
        );
    }

    private static Markup Cell(ConfidenceBin bin) =>
        Markup.Of(
            $"""<td class="number">{Figures.Count(bin.Answers)}</td><td class="number">{(bin.Accuracy is { } right ? Figures.Percent(right) : "–")}</td>"""
        );
}
