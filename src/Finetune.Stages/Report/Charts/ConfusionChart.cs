using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Charts;

/// <summary>Which label was taken for which: a table while numbers fit, a map of dots beyond.</summary>
internal static class ConfusionChart
{
    /// <summary>The most labels whose counts are printed.</summary>
    public const int MostInTable = 12;

    private const int Cell = 11;
    private const int Shades = 9;

    /// <summary>The table or the map.</summary>
    public static Markup Draw(string contender, LabelVerdict labels) =>
        labels.Names.Count <= MostInTable ? Table(contender, labels) : Map(contender, labels);

    private static Markup Table(string contender, LabelVerdict labels)
    {
        var numbered = labels.Names.Select((name, i) => (name, i)).ToList();
        return Markup.Of(
            $"""
            <table class="confusion"><caption>{contender}: right label by row, answer by column</caption>
            <thead><tr><th scope="col">Right label</th>{numbered.Select(l =>
                Markup.Of($"""<th scope="col" data-c="{l.i}"><span class="turned" dir="auto">{l.name}</span></th>""")
            )}</tr></thead>
            <tbody>{numbered.Select(row =>
                Markup.Of(
                    $"""<tr data-r="{row.i}"><th scope="row" dir="auto">{row.name}</th>{numbered.Select(column => Counted(labels, row.i, column.i))}</tr>"""
                )
            )}</tbody></table>

            """
        );
    }

    private static Markup Counted(LabelVerdict labels, int row, int column)
    {
        var count = labels.Confusion[row][column];
        var style = count == 0 ? "none" : $"{(row == column ? "hit" : "miss")} s{Shade(labels, row, count)}";
        return Markup.Of(
            $"""<td class="{style}" data-c="{column}" data-n="{count}">{(count == 0 ? "·" : Figures.Count(count))}</td>"""
        );
    }

    private static Markup Map(string contender, LabelVerdict labels)
    {
        var size = labels.Names.Count;
        var margin = 6.2 * Math.Min(30, labels.Names.Max(n => n.Length)) + 30;
        var side = size * Cell;
        return Markup.Of(
            $"""
            <svg class="map{(size > 40 ? " large" : "")}" width="{margin + side + 6}" height="{side + 24}" viewBox="0 0 {margin + side + 6} {side
                + 24}" role="img" aria-label="{contender}: {Figures.Count(
                size
            )} labels, right label by row, answer by column; the diagonal is right. The most frequent confusions are in the table below.">
            <rect class="track" x="{margin}" y="20" width="{side}" height="{side}"/>
            {labels.Names.Select((name, i) => Labelled(name, i, margin))}
            {Enumerable.Range(0, size).SelectMany(row =>
                Enumerable.Range(0, size).Where(column => labels.Confusion[row][column] > 0).Select(column =>
                    Dot(labels, row, column, margin)
                )
            )}
            </svg>

            """
        );
    }

    private static Markup Labelled(string name, int place, double margin)
    {
        var shown = name.Length <= 30 ? name : name[..29] + "…";
        var middle = 20 + place * Cell + Cell / 2.0;
        var above =
            place % 5 == 4
                ? Markup.Of(
                    $"""<text class="tick" x="{margin + place * Cell + Cell / 2.0}" y="14" text-anchor="middle">{place + 1}</text>"""
                )
                : Markup.Empty;
        return Markup.Of(
            $"""<text class="tick" data-r="{place}" x="{margin - 6}" y="{middle + 4}" text-anchor="end">{shown} <tspan class="nth">{place + 1}</tspan></text>{above}"""
        );
    }

    private static Markup Dot(LabelVerdict labels, int row, int column, double margin)
    {
        var count = labels.Confusion[row][column];
        return Markup.Of(
            $"""<rect class="{(row == column ? "hit" : "miss")} s{Shade(labels, row, count)}" data-r="{row}" data-c="{column}" data-n="{count}" x="{margin + column * Cell + 1}" y="{20 + row * Cell + 1}" width="{Cell - 2}" height="{Cell - 2}"><title>{labels.Names[row]} → {labels.Names[column]}: {Figures.Count(count)}</title></rect>"""
        );
    }

    // By the share of its row, so that rare labels are as visible as frequent ones.
    private static int Shade(LabelVerdict labels, int row, int count) =>
        Math.Clamp((int)Math.Ceiling(Shades * (double)count / Math.Max(1, labels.Support[row])), 1, Shades);
}
