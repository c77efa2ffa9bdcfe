namespace Finetune.Engine.Metrics;

/// <summary>The chi-square distribution with one degree of freedom.</summary>
internal static class ChiSquare
{
    /// <summary>The share above a value: erfc(sqrt(x / 2)).</summary>
    public static double Above(double value) => Erfc(Math.Sqrt(value / 2));

    // The Taylor series (DLMF 7.6.1) near 0, the continued fraction (DLMF 7.9.1) beyond.
    private static double Erfc(double x)
    {
        if (x < 2)
        {
            double term = x,
                sum = x;
            for (var n = 1; Math.Abs(term) > 1e-18; n++)
            {
                term *= -x * x / n;
                sum += term / (2 * n + 1);
            }

            return 1 - 2 / Math.Sqrt(Math.PI) * sum;
        }

        var below = 0.0;
        for (var n = 200; n >= 1; n--)
        {
            below = n / 2.0 / (x + below);
        }

        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (x + below));
    }
}
