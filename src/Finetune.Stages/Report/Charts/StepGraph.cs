using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Charts;

/// <summary>Steps and what they read from, as SVG: each in the first column in which all that it needs is there.</summary>
internal static class StepGraph
{
    private const double Width = 176;
    private const double Height = 40;
    private const double Across = 36;
    private const double Between = 12;

    /// <summary>The drawing.</summary>
    /// <param name="graph">In an order in which they can run.</param>
    /// <param name="note">What stands under a step's name; empty for nothing.</param>
    public static Markup Draw(IReadOnlyList<GraphStep> graph, Func<string, string> note)
    {
        var places = Places(graph);
        var columns = places.Values.Max(p => p.Column) + 1;
        var rows = places.Values.Max(p => p.Row) + 1;
        var (width, height) = (columns * (Width + Across) - Across, rows * (Height + Between) - Between);
        return Markup.Of(
            $"""
            <svg class="steps" width="{width + 4}" height="{height + 4}" viewBox="-2 -2 {width + 4} {height + 4}" role="img" aria-label="{Figures.Plural(
                graph.Count,
                "step"
            )} and what they read from; the same is in the table below.">
            {graph.SelectMany(step => step.From.Select(from => Edge(places[from], places[step.Name])))}
            {graph.Select(step => Box(step.Name, note(step.Name), places[step.Name]))}
            </svg>

            """
        );
    }

    private static Dictionary<string, (int Column, int Row)> Places(IReadOnlyList<GraphStep> graph)
    {
        var places = new Dictionary<string, (int Column, int Row)>(StringComparer.Ordinal);
        var taken = new Dictionary<int, int>();
        foreach (var step in graph)
        {
            var column = step.From.Count == 0 ? 0 : step.From.Max(from => places[from].Column) + 1;
            var row = taken.GetValueOrDefault(column);
            taken[column] = row + 1;
            places[step.Name] = (column, row);
        }

        return places;
    }

    private static (double X, double Y) Corner((int Column, int Row) place) =>
        (place.Column * (Width + Across), place.Row * (Height + Between));

    private static Markup Edge((int Column, int Row) from, (int Column, int Row) to)
    {
        var (start, end) = (Corner(from), Corner(to));
        var (x, y) = (start.X + Width, start.Y + Height / 2);
        var target = end.Y + Height / 2;
        return Markup.Of(
            $"""<path class="edge" d="M{x} {y}C{x + Across / 2} {y} {end.X - Across / 2} {target} {end.X} {target}"/>"""
        );
    }

    private static Markup Box(string name, string note, (int Column, int Row) place)
    {
        var (x, y) = Corner(place);
        var shown = name.Length <= 25 ? name : name[..24] + "…";
        return Markup.Of(
            $"""<g><title>{name}</title><rect class="step" x="{x}" y="{y}" width="{Width}" height="{Height}" rx="7"/><text x="{x + 10}" y="{y + (note.Length > 0 ? 17 : 25)}">{shown}</text><text class="tick" x="{x + 10}" y="{y + 32}">{note}</text></g>"""
        );
    }
}
