using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Html;
using Finetune.Stages.Report.Sections;

namespace Finetune.Stages.Report;

/// <summary>Runs side by side as one HTML file.</summary>
public static class ComparisonPage
{
    /// <summary>The page.</summary>
    public static string Write(ComparisonRecord comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var title =
            $"{string.Join(", ", comparison.Names.Distinct(StringComparer.Ordinal))}: {Figures.Plural(comparison.Runs.Count, "run")} compared";
        return Shell
            .Write(
                title,
                Markup.Of(
                    $"""
                    <header class="hero open">
                    <p class="kicker">runs against <span dir="auto">{comparison.Runs[0]}</span></p>
                    <h1>{title}</h1>
                    </header>

                    """
                ),
                [
                    ("metrics", "Metrics", "Metrics", Metrics(comparison)),
                    ("settings", "Settings", "Settings that differ", Settings(comparison)),
                    ("data", "Data", "Data", Data(comparison)),
                ],
                Markup.Of($"Written by dotnet finetune.")
            )
            .ToString();
    }

    private static Markup Metrics(ComparisonRecord comparison) =>
        Markup.Of(
            $"""
            <p class="lead">Each difference is taken row by row, on the rows that the run and the first one both answered. Values are of all rows of a run.</p>
            {Table(
                comparison,
                "Metrics",
                comparison.Metrics.Select(metric =>
                    Markup.Of(
                        $"""<tr><th scope="row">{Figures.Contender(metric.Contender)}, {MetricTitles.Of(metric.Metric)}</th>{metric.Values.Select((value, i) => Value(metric, value, i))}</tr>"""
                    )
                )
            )}
            """
        );

    private static Markup Value(ComparedMetric metric, double? value, int run)
    {
        var against =
            metric.SameAnswers[run] ? Markup.Of($"""<br><span class="dim">the same answers</span>""")
            : metric.Pairs[run] is { } pair
                ? Markup.Of(
                    $"""<br><span class="word {Tones.Of(pair.Word)}"><span aria-hidden="true">{Tones.Sign(pair.Word)}</span> {Figures.Difference(pair.Metric, pair.Difference)}</span> <span class="dim">({Figures.Difference(pair.Metric, pair.Low)} to {Figures.Difference(pair.Metric, pair.High)})<br>{pair.Word}, {Figures.Plural(metric.SharedRows[run], "shared row")}</span>"""
                )
            : run > 0 && value is not null ? Markup.Of($"""<br><span class="dim">no shared rows</span>""")
            : Markup.Empty;
        return Markup.Of(
            $"""<td class="number"><span class="strong">{Figures.Value(metric.Metric, value)}</span>{against}</td>"""
        );
    }

    private static Markup Settings(ComparisonRecord comparison) =>
        comparison.Settings switch
        {
            null => Markup.Of(
                $"""<p class="lead">One of the runs was made by a version that did not keep its settings.</p>"""
            ),
            { Count: 0 } => Markup.Of($"""<p class="lead">The settings are the same.</p>"""),
            { } settings => Table(
                comparison,
                "Settings that differ",
                settings.Select(setting =>
                    Markup.Of(
                        $"""<tr><th scope="row"><code>{setting.Path}</code></th>{setting.Values.Select(value => Markup.Of($"""<td><code dir="auto">{value ?? "–"}</code></td>"""))}</tr>"""
                    )
                )
            ),
        };

    private static Markup Data(ComparisonRecord comparison) =>
        Table(
            comparison,
            "Data",
            comparison.Data.Select(split =>
                Markup.Of(
                    $"""<tr><th scope="row">{split.Name}</th>{split.Rows.Select((rows, i) => Markup.Of($"""<td class="number">{Rows(rows, split.Shared[i], i)}</td>"""))}</tr>"""
                )
            )
        );

    private static string Rows(int? rows, int? shared, int run) =>
        rows is null ? "–"
        : run == 0 || shared is null ? Figures.Plural(rows.Value, "row")
        : $"{Figures.Plural(rows.Value, "row")}, {Figures.Count(shared.Value)} shared";

    private static Markup Table(ComparisonRecord comparison, string label, IEnumerable<Markup> rows) =>
        Markup.Of(
            $"""
            <div class="scroll" tabindex="0" role="region" aria-label="{label}"><table>
            <thead><tr><th scope="col"><span class="sr">{label}</span></th>{comparison.Runs.Select(run =>
                Markup.Of($"""<th scope="col">{run}</th>""")
            )}</tr></thead>
            <tbody>{rows}</tbody></table></div>

            """
        );
}
