namespace Finetune.Engine.Quantization;

/// <summary>
/// 8-bit dynamic codes (Dettmers 2016; bitsandbytes' <c>create_dynamic_map(signed, max_exponent_bits=7)</c>): 256
/// values between -1 and 1, or 0 and 1, dense near zero: seven decades, each with twice the steps of the one below it.
/// </summary>
public static class DynamicCodes
{
    private const int Decades = 7;
    private static readonly float[] Values = Make(signed: true);
    private static readonly float[] Unsigned = Make(signed: false);

    // Between neighbours; what lies on one belongs to the lower.
    private static readonly float[] Middles = [.. Values.Zip(Values.Skip(1), (a, b) => (a + b) / 2)];

    /// <summary>The 256 values, rising.</summary>
    public static ReadOnlySpan<float> Book => Values;

    /// <summary>The 256 values without sign, rising.</summary>
    public static ReadOnlySpan<float> UnsignedBook => Unsigned;

    /// <summary>The code of the nearest value with sign.</summary>
    public static byte Nearest(float value)
    {
        var found = Array.BinarySearch(Middles, value);
        return (byte)(found < 0 ? ~found : found);
    }

    private static float[] Make(bool signed)
    {
        var values = new List<float> { 0, 1 };
        for (var decade = 0; decade < Decades; decade++)
        {
            // The place of the sign goes to finer steps.
            var steps = (signed ? 1 : 2) << decade;
            var power = (float)Math.Pow(10, decade - (Decades - 1));
            for (var step = 0; step < steps; step++)
            {
                var middle = (Bound(step, steps) + Bound(step + 1, steps)) / 2;
                values.Add(power * middle);
                if (signed)
                {
                    values.Add(-power * middle);
                }
            }
        }

        values.Sort();
        return [.. values];
    }

    // torch.linspace from 0.1 to 1: from the start in the first half, from the end in the second, by fused products.
    private static float Bound(int index, int steps)
    {
        var step = (1f - 0.1f) / steps;
        return index < (steps + 1) / 2
            ? MathF.FusedMultiplyAdd(step, index, 0.1f)
            : MathF.FusedMultiplyAdd(-step, steps - index, 1f);
    }
}
