namespace Finetune.Engine.Metrics;

/// <summary>Sample quantiles.</summary>
public static class Quantiles
{
    /// <summary>Type 7 of Hyndman and Fan (1996), linear interpolation: what numpy and R do by default.</summary>
    /// <param name="sorted">Ascending, at least one value.</param>
    /// <param name="share">Between 0 and 1.</param>
    public static double Type7(ReadOnlySpan<double> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    /// <summary>The middle of all values that share lies in: quantiles (1-c)/2 and 1-(1-c)/2.</summary>
    /// <param name="sorted">Ascending, at least one value.</param>
    /// <param name="confidence">Such as 0.95.</param>
    public static Interval Middle(ReadOnlySpan<double> sorted, double confidence) =>
        new(Type7(sorted, (1 - confidence) / 2), Type7(sorted, 1 - (1 - confidence) / 2));
}
