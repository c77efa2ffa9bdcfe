using System.Numerics;
using System.Runtime.CompilerServices;

namespace Finetune.Engine.Native;

/// <summary>
/// The exponential function of a vector, in float32, within one unit of the last place: Sleef's <c>expf_u10</c>, which ATen
/// uses too (Shibata and Petrogalli 2020). .NET's own goes by way of float64 and takes many times as long.
/// </summary>
internal static class Exponential
{
    private const float PerLn2 = 1.442695040888963407359924681001892137426645954152985934135449406931f;
    private const float Ln2Upper = 0.693145751953125f;
    private const float Ln2Lower = 1.428606765330187045e-06f;
    private const float Lowest = -104;
    private const float Highest = 100;

    // Adding and taking it away leaves the nearest whole number.
    private const float Rounder = 12582912;
    private const int Bias = 127;
    private const int MantissaBits = 23;

    /// <summary>e to the power of each; 0 far below, infinity far above, NaN of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Of(Vector<float> x)
    {
        // Kept where the steps below hold; beyond, the two powers of two give 0 or infinity by themselves.
        var inside = Vector.ConditionalSelect(
            Vector.GreaterThan(x, new Vector<float>(Highest)),
            new Vector<float>(Highest),
            Vector.ConditionalSelect(Vector.LessThan(x, new Vector<float>(Lowest)), new Vector<float>(Lowest), x)
        );
        var rounder = new Vector<float>(Rounder);
        var q = Vector.MultiplyAddEstimate(inside, new Vector<float>(PerLn2), rounder) - rounder;
        var s = Vector.MultiplyAddEstimate(q, new Vector<float>(-Ln2Upper), inside);
        s = Vector.MultiplyAddEstimate(q, new Vector<float>(-Ln2Lower), s);
        var u = new Vector<float>(0.000198527617612853646278381f);
        u = Vector.MultiplyAddEstimate(u, s, new Vector<float>(0.00139304355252534151077271f));
        u = Vector.MultiplyAddEstimate(u, s, new Vector<float>(0.00833336077630519866943359f));
        u = Vector.MultiplyAddEstimate(u, s, new Vector<float>(0.0416664853692054748535156f));
        u = Vector.MultiplyAddEstimate(u, s, new Vector<float>(0.166666671633720397949219f));
        u = Vector.MultiplyAddEstimate(u, s, new Vector<float>(0.5f));
        u = Vector<float>.One + Vector.MultiplyAddEstimate(s * s, u, s);

        // In two halves, since 2^q itself may be out of range where the result is not.
        var whole = Vector.ConvertToInt32Native(q);
        var half = whole >> 1;
        return u * Power(half) * Power(whole - half);
    }

    // 2^n.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Power(Vector<int> n) =>
        Vector.AsVectorSingle((n + new Vector<int>(Bias)) << MantissaBits);
}
