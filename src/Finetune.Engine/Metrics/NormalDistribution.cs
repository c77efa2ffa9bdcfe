namespace Finetune.Engine.Metrics;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    private static readonly double[] CentreUp =
    [
        2509.0809287301226727,
        33430.575583588128105,
        67265.770927008700853,
        45921.953931549871457,
        13731.693765509461125,
        1971.5909503065514427,
        133.14166789178437745,
        3.387132872796366608,
    ];

    private static readonly double[] CentreDown =
    [
        5226.495278852545925,
        28729.085735721942674,
        39307.89580009271061,
        21213.794301586595867,
        5394.1960214247511077,
        687.1870074920579083,
        42.313330701600911252,
        1.0,
    ];

    private static readonly double[] ShoulderUp =
    [
        7.7454501427834140764e-4,
        0.0227238449892691845833,
        0.24178072517745061177,
        1.27045825245236838258,
        3.64784832476320460504,
        5.7694972214606914055,
        4.6303378461565452959,
        1.42343711074968357734,
    ];

    private static readonly double[] ShoulderDown =
    [
        1.05075007164441684324e-9,
        5.475938084995344946e-4,
        0.0151986665636164571966,
        0.14810397642748007459,
        0.68976733498510000455,
        1.6763848301838038494,
        2.05319162663775882187,
        1.0,
    ];

    private static readonly double[] TailUp =
    [
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        0.0012426609473880784386,
        0.026532189526576123093,
        0.29656057182850489123,
        1.7848265399172913358,
        5.4637849111641143699,
        6.6579046435011037772,
    ];

    private static readonly double[] TailDown =
    [
        2.04426310338993978564e-15,
        1.4215117583164458887e-7,
        1.8463183175100546818e-5,
        7.868691311456132591e-4,
        0.0148753612908506148525,
        0.13692988092273580531,
        0.59983220655588793769,
        1.0,
    ];

    /// <summary>The value below which that share lies. Wichura's algorithm AS 241 (PPND16), about 1e-16 relative.</summary>
    /// <param name="share">Strictly between 0 and 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The share is not between 0 and 1.</exception>
    public static double Quantile(double share)
    {
        if (!(share > 0 && share < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "a share between 0 and 1 was wanted");
        }

        var centred = share - 0.5;
        if (Math.Abs(centred) <= 0.425)
        {
            var square = 0.180625 - centred * centred;
            return centred * Polynomial(CentreUp, square) / Polynomial(CentreDown, square);
        }

        var distance = Math.Sqrt(-Math.Log(Math.Min(share, 1 - share)));
        var size =
            distance <= 5
                ? Polynomial(ShoulderUp, distance - 1.6) / Polynomial(ShoulderDown, distance - 1.6)
                : Polynomial(TailUp, distance - 5) / Polynomial(TailDown, distance - 5);
        return centred < 0 ? -size : size;
    }

    private static double Polynomial(double[] coefficients, double x)
    {
        var sum = 0.0;
        foreach (var coefficient in coefficients)
        {
            sum = sum * x + coefficient;
        }

        return sum;
    }
}
