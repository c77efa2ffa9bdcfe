namespace Finetune.Engine.Metrics;

/// <summary>The smallest difference of two shares over the same rows that so many rows show (Connor 1987, "Sample size for
/// testing differences in proportions for the paired-sample design").</summary>
public static class DetectableDifference
{
    /// <summary>The difference; null where even contenders that differ in one direction only would not show it.</summary>
    /// <param name="rows">Rows, above 0.</param>
    /// <param name="differing">Share of rows that one contender gets right and the other does not, in (0, 1].</param>
    /// <param name="confidence">Two-sided, of the interval that is to leave 0 out.</param>
    /// <param name="power">How often it is to show.</param>
    public static double? Of(long rows, double differing, double confidence = 0.95, double power = 0.8)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(differing);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(differing, 1);
        var (sure, often) = (NormalDistribution.Quantile(0.5 + confidence / 2), NormalDistribution.Quantile(power));
        // n = (z sqrt(differing) + z' sqrt(differing - d^2))^2 / d^2, solved for d.
        bool Shows(double d) =>
            sure * Math.Sqrt(differing) + often * Math.Sqrt(Math.Max(0, differing - d * d)) <= d * Math.Sqrt(rows);
        if (!Shows(differing))
        {
            return null;
        }

        var (low, high) = (0.0, differing);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Shows(middle) ? (low, middle) : (middle, high);
        }

        return high;
    }
}
