using System.Text.Json;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Charts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>Which label was taken for which, one contender at a time; switched by radio buttons and style alone.</summary>
internal static class LabelSection
{
    private const int MostConfusions = 12;

    public static Markup Write(ReportFacts facts)
    {
        // The tuned model first: it is what one looks for.
        var shown = facts
            .Verdict.Contenders.Where(c => c.Value.Labels is not null)
            .Reverse()
            .OrderBy(c => c.Key == "tuned" ? 0 : 1)
            .Take(6)
            .ToList();
        if (shown.Count == 0)
        {
            return Markup.Empty;
        }

        return Markup.Of(
            $"""
            <p class="lead">Rows are the right labels, columns what was answered: the diagonal is right, everything beside it a confusion. Shade: share of the row.</p>
            <div class="switch" role="group" aria-label="Contender shown">
            {shown.Select(
                (c, i) =>
                    Markup.Of(
                        $"""<input type="radio" name="labels-of" id="labels-{i}"{(i == 0 ? Checked : Markup.Empty)}><label for="labels-{i}">{Figures.Contender(c.Key)}</label>"""
                    )
            )}
            {shown.Select(c => Panel(c.Key, c.Value.Labels!))}
            </div>

            """
        );
    }

    private static Markup Checked => Markup.Of($" checked");

    private static Markup Panel(string name, LabelVerdict labels)
    {
        var contender = Figures.Contender(name);
        return Markup.Of(
            $"""
            <div class="panel" data-contender="{contender}" data-labels="{JsonSerializer.Serialize(labels.Names, StageJson.Options)}"><div class="scroll matrix" tabindex="0" role="region" aria-label="Confusion matrix, {contender}">{ConfusionChart.Draw(
                contender,
                labels
            )}</div>
            {Confusions(labels)}
            <details><summary>Precision, recall and F1 of all {Figures.Count(
                labels.Names.Count
            )} labels</summary><div class="scroll" tabindex="0" role="region" aria-label="Label scores, {contender}"><table>
            <thead><tr><th scope="col">Label</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Precision</th><th scope="col" class="number">Recall</th><th scope="col" class="number">F1</th></tr></thead>
            <tbody>{labels.Names.Select(
                (label, i) =>
                    Markup.Of(
                        $"""<tr><th scope="row" dir="auto">{label}</th><td class="number">{Figures.Count(labels.Support[i])}</td><td class="number">{Figures.Percent(labels.Precision[i])}</td><td class="number">{Figures.Percent(labels.Recall[i])}</td><td class="number">{Figures.Percent(labels.F1[i])}</td></tr>"""
                    )
            )}</tbody></table></div></details></div>

            """
        );
    }

    private static Markup Confusions(LabelVerdict labels)
    {
        var size = labels.Names.Count;
        var worst = Enumerable
            .Range(0, size)
            .SelectMany(row =>
                Enumerable.Range(0, size).Select(column => (row, column, Count: labels.Confusion[row][column]))
            )
            .Where(c => c.row != c.column && c.Count > 0)
            .OrderByDescending(c => c.Count)
            .Take(MostConfusions)
            .ToList();
        return worst.Count == 0
            ? Markup.Of($"""<p class="word good">No confusion at all.</p>""")
            : Markup.Of(
                $"""<h3>Most frequent confusions</h3><ol class="confusions">{worst.Select(c => Markup.Of($"""<li data-r="{c.row}" data-c="{c.column}"><bdi>{labels.Names[c.row]}</bdi> <span class="dim">taken for</span> <bdi>{labels.Names[c.column]}</bdi> <b>{Figures.Count(c.Count)}</b></li>"""))}</ol>"""
            );
    }
}
