using Finetune.Stages.Report.Html;

namespace Finetune.Stages.Report.Charts;

/// <summary>A value and its interval on a stretched strip; numbers stand beside it as text, so they never shrink.</summary>
internal static class IntervalStrip
{
    private const double Width = 1000;

    /// <summary>A bar from 0 to the value with its interval as a whisker; all from 0 to 1.</summary>
    public static Markup Share(double value, double? low, double? high, string style)
    {
        var whisker =
            low is { } from && high is { } to
                ? Markup.Of($"""<path class="whisker" d="M{Width * from} 8H{Width * to}"/>""")
                : Markup.Empty;
        return Markup.Of(
            $"""<svg class="strip" viewBox="0 0 1000 16" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="1000" height="16"/><rect class="bar {style}" width="{Width * Math.Clamp(value, 0, 1)}" height="16"/>{whisker}</svg>"""
        );
    }

    /// <summary>A point and its interval around a line at 0, as in a forest plot.</summary>
    /// <param name="value">The difference.</param>
    /// <param name="low">Lower end.</param>
    /// <param name="high">Upper end.</param>
    /// <param name="reach">What both ends of the strip stand for.</param>
    /// <param name="style">CSS class of its colour.</param>
    public static Markup Difference(double value, double low, double high, double reach, string style)
    {
        double At(double x) => Width * (0.5 + 0.5 * Math.Clamp(x / reach, -1, 1));
        return Markup.Of(
            $"""<svg class="strip forest" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true"><path class="zero" d="M500 0V24"/><path class="range {style}" d="M{At(low)} 12H{At(high)}"/><path class="point {style}" d="M{At(value)} 12h0"/></svg>"""
        );
    }
}
