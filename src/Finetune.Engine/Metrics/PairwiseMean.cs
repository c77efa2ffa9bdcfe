namespace Finetune.Engine.Metrics;

/// <summary>
/// The mean by numpy's order of additions (pairwise summation, eight partial sums in blocks of 128), so that a difference
/// of two means is 0 here exactly where it is 0 there.
/// </summary>
internal static class PairwiseMean
{
    private const int Lanes = 8;
    private const int Block = 128;

    /// <summary>NaN for none.</summary>
    public static double Of(ReadOnlySpan<double> values) => Sum(values) / values.Length;

    private static double Sum(ReadOnlySpan<double> values)
    {
        if (values.Length > Block)
        {
            var half = values.Length / 2;
            half -= half % Lanes;
            return Sum(values[..half]) + Sum(values[half..]);
        }

        var whole = values.Length - values.Length % Lanes;
        var sum = 0.0;
        if (whole > 0)
        {
            Span<double> lanes = stackalloc double[Lanes];
            for (var i = 0; i < whole; i++)
            {
                lanes[i % Lanes] = i < Lanes ? values[i] : lanes[i % Lanes] + values[i];
            }

            sum = lanes[0] + lanes[1] + (lanes[2] + lanes[3]) + (lanes[4] + lanes[5] + (lanes[6] + lanes[7]));
        }

        foreach (var value in values[whole..])
        {
            sum += value;
        }

        return sum;
    }
}
