using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Facts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Sections;

/// <summary>The data card: rows, splits, what was dropped, what leaks, how long examples are.</summary>
internal static class DataSection
{
    public static Markup Write(ReportFacts facts) =>
        facts.Split is null && facts.Render is null && facts.Tokens is null
            ? Markup.Empty
            : Markup.Of(
                $"{Splits(facts.Split)}{Overlaps(facts.Split)}{Strata(facts.Split)}{Templates(facts.Render)}{Lengths(facts.Tokens)}"
            );

    private static Markup Splits(SplitLedger? split)
    {
        if (split is null)
        {
            return Markup.Empty;
        }

        var groups = split.Groups is { } count ? $", {Figures.Plural(count, "group")} kept together" : "";
        return Markup.Of(
            $"""
            <p class="lead">{Figures.Plural(split.Rows, "row")}, parted by {split.By}{groups}.</p>
            {Table(
                "Splits",
                ["Split", "Rows", "Dropped for overlap", "Repeated in it"],
                split.Splits.Select(s =>
                    (
                        s.Key,
                        new[]
                        {
                            Figures.Count(s.Value.Rows),
                            Figures.Count(s.Value.Dropped),
                            Figures.Count(s.Value.Duplicates),
                        }
                    )
                )
            )}

            """
        );
    }

    private static Markup Overlaps(SplitLedger? split)
    {
        var overlaps = split?.Overlaps.Where(o => o.Texts > 0).ToList() ?? [];
        return split is null ? Markup.Empty
            : overlaps.Count == 0
                ? Markup.Of(
                    $"""<p><span class="word good"><span aria-hidden="true">✓</span> no overlap</span>: no row of one split occurs in another.</p>"""
                )
            : Markup.Of(
                $"""<ul class="gates">{overlaps.Select(o => Markup.Of($"""<li class="warn"><span class="word warn"><span aria-hidden="true">!</span> overlap</span> {o.First} and {o.Second} share {Figures.Plural(o.Texts, "row")} equal in all that prompts use<br><span class="dim">{string.Join(", ", o.Rows.Take(10).Select(r => $"row {Figures.Count(r.First)} = row {Figures.Count(r.Second)}"))}{(o.Texts > 10 ? " …" : "")}</span></li>"""))}</ul>"""
            );
    }

    private static Markup Strata(SplitLedger? split)
    {
        if (split?.Stratify is not { } column || split.Splits.Values.All(s => s.Strata is null))
        {
            return Markup.Empty;
        }

        var names = split.Splits.Keys.ToList();
        var values = split
            .Splits.Values.SelectMany(s => s.Strata?.Keys ?? [])
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        return Markup.Of(
            $"""<details><summary>Rows by <bdi>{column}</bdi></summary>{Table("Strata", [column, .. names], values.Select(v => (v, names.Select(n => Figures.Count(split.Splits[n].Strata?.GetValueOrDefault(v) ?? 0)).ToArray())))}</details>"""
        );
    }

    private static Markup Templates(RenderLedger? render)
    {
        if (render is null)
        {
            return Markup.Empty;
        }

        var contradictions = render.Templates.Where(t => t.Contradictions > 0).ToList();
        return Markup.Of(
            $"""
            <h3>Examples by template</h3>{Table(
                "Examples by template",
                ["Template", "Train", "Validation", "Test", "Choices"],
                render.Templates.Select(t =>
                    (
                        t.Template,
                        new[]
                        {
                            Figures.Count(t.Train),
                            Figures.Count(t.Validation),
                            Figures.Count(t.Test),
                            t.Choices is { } c ? Figures.Count(c) : "–",
                        }
                    )
                )
            )}
            {contradictions.Select(t =>
                Markup.Of(
                    $"""<p><span class="word warn"><span aria-hidden="true">!</span> contradictions</span> {Figures.Plural(t.Contradictions, "training prompt")} of <bdi>{t.Template}</bdi> {(t.Contradictions == 1 ? "has" : "have")} more than one completion.</p>"""
                )
            )}

            """
        );
    }

    private static Markup Lengths(TokenLedger? tokens) =>
        tokens is null
            ? Markup.Empty
            : Markup.Of(
                $"""<h3>Lengths in tokens</h3>{Table("Lengths in tokens", ["Split", "Examples", "Shortest", "Median", "95th percentile", "Longest", "Tokens", "With loss", "Dropped", "Truncated"], tokens.Splits.Select(s => (s.Key, Cells(s.Value))))}<p class="dim">At most {Figures.Count(tokens.MaxLength)} tokens; longer ones: {tokens.Overlong}.</p>"""
            );

    private static string[] Cells(TokenCounts counts) =>
        [
            Figures.Count(counts.Examples),
            counts.Lengths is { } l ? Figures.Count(l.Min) : "–",
            counts.Lengths is { } m ? Figures.Count(m.Median) : "–",
            counts.Lengths is { } p ? Figures.Count(p.P95) : "–",
            counts.Lengths is { } x ? Figures.Count(x.Max) : "–",
            Figures.Count(counts.Tokens),
            counts.Tokens == 0
                ? "–"
                : $"{Figures.Count(counts.LabelTokens)} ({Figures.Percent((double)counts.LabelTokens / counts.Tokens)})",
            Figures.Count(counts.Dropped),
            Figures.Count(counts.Truncated),
        ];

    private static Markup Table(string name, string[] heads, IEnumerable<(string Head, string[] Cells)> rows) =>
        Markup.Of(
            $"""<div class="scroll" tabindex="0" role="region" aria-label="{name}"><table><thead><tr>{heads.Select((h, i) => Markup.Of($"""<th scope="col"{(i == 0 ? Markup.Empty : Markup.Of($" class=\"number\""))}>{h}</th>"""))}</tr></thead><tbody>{rows.Select(r => Markup.Of($"""<tr><th scope="row" dir="auto">{r.Head}</th>{r.Cells.Select(c => Markup.Of($"""<td class="number">{c}</td>"""))}</tr>"""))}</tbody></table></div>"""
        );
}
