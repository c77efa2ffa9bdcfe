namespace Finetune.Engine.Metrics;

/// <summary>The chance that one of k samples of a problem is right (Chen and others 2021, equation 1; unbiased).</summary>
public static class PassAtK
{
    /// <summary>1 - C(n - c, k) / C(n, k), as a product; 1 where fewer than k samples are wrong.</summary>
    /// <param name="samples">All samples, n.</param>
    /// <param name="correct">The right ones among them, c.</param>
    /// <param name="k">How many are drawn.</param>
    public static double Of(int samples, int correct, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (samples - correct < k)
        {
            return 1;
        }

        var allWrong = 1.0;
        for (var i = samples - correct + 1; i <= samples; i++)
        {
            allWrong *= 1 - (double)k / i;
        }

        return 1 - allWrong;
    }
}
