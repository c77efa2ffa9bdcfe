using Finetune.Stages.Artifacts;
using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Charts;

/// <summary>How often answers are right by how sure the model is of them, as SVG; the diagonal is a model that knows
/// what it knows.</summary>
internal static class ReliabilityChart
{
    private const double Side = 200;
    private const double Left = 44;
    private const double Top = 8;
    private const double Bottom = 40;

    /// <summary>A figure with its caption.</summary>
    public static Markup Draw(string contender, string style, CalibrationVerdict calibration)
    {
        var most = calibration.Bins.Max(bin => bin.Answers);
        var x = new Axis([0, 1], Left, Left + Side, 5);
        var y = new Axis([0, 1], Top + Side, Top, 5);
        return Markup.Of(
            $"""
            <figure class="reliability"><figcaption>{contender} <span class="dim">ECE {Figures.Percent(
                calibration.Ece
            )}</span></figcaption>
            <svg viewBox="0 0 {Left + Side + 20} {Top + Side + Bottom}" role="img" aria-label="{contender}: share of right answers by confidence; the same figures are in the table below.">
            {y.Ticks.Select(t =>
                Markup.Of(
                    $"""<path class="grid" d="M{Left} {y.At(t)}H{Left + Side}"/><text class="tick" x="{Left - 6}" y="{y.At(t) + 4}" text-anchor="end">{Figures.Percent(t, 0)}</text>"""
                )
            )}
            {x.Ticks.Select(t =>
                Markup.Of(
                    $"""<text class="tick" x="{x.At(t)}" y="{Top + Side + 16}" text-anchor="middle">{Figures.Percent(t, 0)}</text>"""
                )
            )}
            {calibration.Bins.Select((bin, i) => Bar(bin, i, calibration.Bins.Count, style, most, x, y))}
            <path class="mark" d="M{x.At(0)} {y.At(0)}L{x.At(1)} {y.At(1)}"/>
            <text class="axis" x="{Left + Side / 2}" y="{Top + Side + 34}" text-anchor="middle">confidence</text>
            </svg></figure>

            """
        );
    }

    // As wide as there are answers: a bar of three answers should not speak as loudly as one of three hundred.
    private static Markup Bar(ConfidenceBin bin, int place, int bins, string style, int most, Axis x, Axis y)
    {
        if (bin.Accuracy is not { } accuracy)
        {
            return Markup.Empty;
        }

        var slot = Side / bins;
        var width = Math.Max(3, (slot - 2) * Math.Sqrt((double)bin.Answers / most));
        var middle = x.At((place + 0.5) / bins);
        var height = Math.Max(1, y.At(0) - y.At(accuracy));
        return Markup.Of(
            $"""<rect class="bar {style}" x="{middle - width / 2}" y="{y.At(0) - height}" width="{width}" height="{height}"><title>{Figures.Plural(bin.Answers, "answer")}: confidence {Figures.Percent(bin.Confidence!.Value)}, right {Figures.Percent(accuracy)}</title></rect>"""
        );
    }
}
