namespace Finetune.Engine.Metrics;

/// <summary>
/// McNemar's test of two answers to the same rows: under the null hypothesis each discordant row falls either way
/// with probability one half. Only the counts of discordant rows matter.
/// </summary>
public static class McNemarTest
{
    /// <summary>Exact two-sided p: min(1, 2 P(Bin(b + c, 1/2) &lt;= min(b, c))); 1 without discordant rows.</summary>
    /// <param name="firstOnly">Rows that only the first got right (b).</param>
    /// <param name="secondOnly">Rows that only the second got right (c).</param>
    public static double ExactP(long firstOnly, long secondOnly) =>
        Math.Min(1, 2 * Cumulative(firstOnly, secondOnly).Cumulative);

    /// <summary>Mid-p: 2 P(X &lt;= min) - P(X = min); 1 where both counts are equal.</summary>
    /// <param name="firstOnly">Rows that only the first got right (b).</param>
    /// <param name="secondOnly">Rows that only the second got right (c).</param>
    public static double MidP(long firstOnly, long secondOnly)
    {
        if (firstOnly == secondOnly)
        {
            return 1;
        }

        var (cumulative, last) = Cumulative(firstOnly, secondOnly);
        return Math.Min(1, 2 * cumulative - last);
    }

    /// <summary>McNemar's statistic with Edwards' correction, (|b - c| - 1)^2 / (b + c), and its p; 0 and 1 without
    /// discordant rows. The correction is not clamped at b = c, as statsmodels has it.</summary>
    /// <param name="firstOnly">Rows that only the first got right (b).</param>
    /// <param name="secondOnly">Rows that only the second got right (c).</param>
    public static (double Statistic, double P) ChiSquared(long firstOnly, long secondOnly)
    {
        var trials = firstOnly + secondOnly;
        var statistic = trials == 0 ? 0 : Math.Pow(Math.Abs(firstOnly - secondOnly) - 1.0, 2) / trials;
        return (statistic, ChiSquare.Above(statistic));
    }

    private static (double Cumulative, double Last) Cumulative(long firstOnly, long secondOnly)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstOnly);
        ArgumentOutOfRangeException.ThrowIfNegative(secondOnly);
        var trials = firstOnly + secondOnly;
        var logTerm = -trials * Math.Log(2);
        var term = Math.Exp(logTerm);
        var sum = term;
        for (long i = 1; i <= Math.Min(firstOnly, secondOnly); i++)
        {
            // In logarithms: 2^-n underflows from n = 1075.
            logTerm += Math.Log(trials - i + 1) - Math.Log(i);
            term = Math.Exp(logTerm);
            sum += term;
        }

        return (sum, term);
    }
}
