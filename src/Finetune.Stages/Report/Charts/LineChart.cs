using System.Globalization;
using System.Text.Json;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Charts;

/// <summary>One line of a chart.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Style">CSS class of its colour.</param>
/// <param name="Points">Left to right.</param>
/// <param name="Dots">Whether each point is marked and can be read by pointing at it.</param>
internal sealed record Series(string Name, string Style, IReadOnlyList<(double X, double Y)> Points, bool Dots = false);

/// <summary>Lines over optimizer steps, as SVG; <c>charts.js</c> draws them anew so that they can be zoomed into.</summary>
internal static class LineChart
{
    private const double Width = 440;
    private const double Height = 244;
    private const double Left = 50;
    private const double Right = 18;
    private const double Top = 10;
    private const double Bottom = 42;

    /// <summary>A figure with its caption and legend; nothing where there is nothing to draw.</summary>
    /// <param name="title">What is shown.</param>
    /// <param name="series">Lines, the lowest first.</param>
    /// <param name="mark">A step to point out, or null.</param>
    /// <param name="markName">What it is.</param>
    public static Markup Draw(string title, IReadOnlyList<Series> series, double? mark = null, string markName = "")
    {
        series = [.. series.Where(s => s.Points.Count > 0)];
        if (series.Count == 0)
        {
            return Markup.Empty;
        }

        var points = series.SelectMany(s => s.Points).ToList();
        var x = new Axis(points.Select(p => p.X).Prepend(0), Left, Width - Right, 5, whole: true);
        var y = new Axis(points.Select(p => p.Y), Height - Bottom, Top, 4);
        return Markup.Of(
            $"""
            <figure class="chart" data-chart="{ForScript(title, series, mark)}"><figcaption>{title}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Described(title, series)}">
            {y.Ticks.Select(t => Horizontal(t, y.At(t)))}{x.Ticks.Select(t => Vertical(t, x.At(t)))}
            <text class="axis" x="{(Left + Width - Right) / 2}" y="{Height
                - 3}" text-anchor="middle">optimizer step</text>
            {Marked(mark, x)}{series.Select(s => Line(s, x, y))}
            </svg>
            <ul class="legend">{series.Select(s => Key(s.Style, s.Name))}{(
                mark is null ? Markup.Empty : Key("mark", markName, "kept")
            )}</ul></figure>

            """
        );
    }

    // All lines over one axis of steps, as the script's library wants them.
    private static string ForScript(string title, IReadOnlyList<Series> series, double? mark)
    {
        double[] steps = [.. series.SelectMany(s => s.Points).Select(p => p.X).Distinct().Order()];
        return JsonSerializer.Serialize(
            new
            {
                Title = title,
                Steps = steps,
                Mark = mark,
                Series = series.Select(s =>
                {
                    var points = s.Points.ToDictionary(p => p.X, p => p.Y);
                    return new
                    {
                        s.Name,
                        s.Style,
                        s.Dots,
                        Values = steps.Select(x =>
                            points.TryGetValue(x, out var y) && double.IsFinite(y) ? Rounded(y) : (double?)null
                        ),
                    };
                }),
            },
            StageJson.Options
        );
    }

    // A chart shows no more, and the file stays small.
    private static double Rounded(double value) =>
        double.Parse(value.ToString("G5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Described(string title, IReadOnlyList<Series> series) =>
        $"{title} by optimizer step. "
        + string.Join(
            " ",
            series.Select(s => $"{s.Name}: from {Figures.Number(s.Points[0].Y)} to {Figures.Number(s.Points[^1].Y)}.")
        );

    private static Markup Horizontal(double tick, double y) =>
        Markup.Of(
            $"""<path class="grid" d="M{Left} {y}H{Width - Right}"/><text class="tick" x="{Left - 6}" y="{y + 4}" text-anchor="end">{Axis.Label(tick)}</text>"""
        );

    private static Markup Vertical(double tick, double x) =>
        Markup.Of(
            $"""<text class="tick" x="{x}" y="{Height - Bottom + 16}" text-anchor="middle">{Axis.Label(tick)}</text>"""
        );

    private static Markup Marked(double? mark, Axis x) =>
        mark is { } step
            ? Markup.Of($"""<path class="mark" d="M{x.At(step)} {Top}V{Height - Bottom}"/>""")
            : Markup.Empty;

    private static Markup Line(Series series, Axis x, Axis y)
    {
        var path = Markup.Join(
            series
                .Points.Where(p => double.IsFinite(p.Y))
                .Select((p, i) => Markup.Of($"{(i == 0 ? "M" : "L")}{x.At(p.X)} {y.At(p.Y)}"))
        );
        var dots = series.Dots
            ? series
                .Points.Where(p => double.IsFinite(p.Y))
                .Select(p =>
                    Markup.Of(
                        $"""<circle class="{series.Style}" cx="{x.At(p.X)}" cy="{y.At(p.Y)}" r="3"><title>step {Figures.Number(p.X)}: {Figures.Number(p.Y)}</title></circle>"""
                    )
                )
            : [];
        return Markup.Of($"""<path class="line {series.Style}" d="{path}"/>{dots}""");
    }

    private static Markup Key(string style, string name, string kind = "series") =>
        Markup.Of(
            $"""<li class="{kind}"><svg class="key" viewBox="0 0 18 8" aria-hidden="true"><path class="line {style}" d="M1 4H17"/></svg>{name}</li>"""
        );
}
