namespace Finetune.Engine.Metrics;

/// <summary>The exact interval of a share (Clopper and Pearson 1934), by beta quantiles.</summary>
public static class ClopperPearsonInterval
{
    /// <summary>The interval of successes in trials; 0 and 1 at the ends.</summary>
    /// <param name="successes">Between 0 and <paramref name="trials"/>.</param>
    /// <param name="trials">Above 0.</param>
    /// <param name="confidence">Two-sided, e.g. 0.95.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Interval Of(int successes, int trials, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        var tail = (1 - confidence) / 2;
        var failures = trials - successes;
        return new(
            successes == 0 ? 0 : BetaDistribution.Quantile(tail, successes, failures + 1),
            failures == 0 ? 1 : BetaDistribution.Quantile(1 - tail, successes + 1, failures)
        );
    }
}
