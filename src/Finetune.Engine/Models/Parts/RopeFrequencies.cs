using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Rotary frequencies, in float32 as Transformers computes them (modeling_rope_utils).</summary>
internal static class RopeFrequencies
{
    /// <summary>Turns a position step makes in each pair: <c>[dimensions / 2]</c>.</summary>
    /// <param name="rope">The settings.</param>
    /// <param name="length">Tokens of the sequence, for scalings that depend on it.</param>
    public static Tensor Of(RopeOptions rope, int length)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var scaled = rope.Kind switch
        {
            RopeKind.Default => Plain(rope, rope.Theta),
            RopeKind.Linear => Plain(rope, rope.Theta) / (float)rope.Factor,
            RopeKind.Dynamic => Plain(rope, DynamicTheta(rope, length)),
            RopeKind.Llama3 => Llama3(rope, Plain(rope, rope.Theta)),
            RopeKind.Yarn => Yarn(rope, Plain(rope, rope.Theta)),
            RopeKind.LongRope => Plain(rope, rope.Theta, rope.Outgrown(length) ? rope.Long : rope.Short),
            _ => throw new InvalidOperationException($"{rope.Kind}"),
        };
        return scaled.MoveToOuterDisposeScope();
    }

    private static Tensor Plain(RopeOptions rope, double theta, RopeOptions.Divisors? divisors = null)
    {
        var exponents = arange(0, rope.Dimensions, 2, float32) / rope.Dimensions;
        var wavelengths = pow(tensor((float)theta), exponents);
        return 1.0f / (divisors is null ? wavelengths : tensor(divisors.Values.ToArray()) * wavelengths);
    }

    // The base grows with the sequence, so that the longest wavelength keeps its share of it.
    private static double DynamicTheta(RopeOptions rope, int length)
    {
        var longest = Math.Max(length, rope.OriginalPositions);
        var stretch = rope.Factor * longest / rope.OriginalPositions - (rope.Factor - 1);
        return rope.Theta * Math.Pow(stretch, rope.Dimensions / (rope.Dimensions - 2.0));
    }

    // Long wavelengths are stretched, short ones stay, those between are blended.
    private static Tensor Llama3(RopeOptions rope, Tensor frequencies)
    {
        var wavelengths = (float)(2 * Math.PI) / frequencies;
        var longest = (float)(rope.OriginalPositions / rope.LowFrequencyFactor);
        var shortest = (float)(rope.OriginalPositions / rope.HighFrequencyFactor);
        var stretched = where(wavelengths > longest, frequencies / (float)rope.Factor, frequencies);
        var smooth =
            (rope.OriginalPositions / wavelengths - (float)rope.LowFrequencyFactor)
            / (float)(rope.HighFrequencyFactor - rope.LowFrequencyFactor);
        var blended = (1 - smooth) * stretched / (float)rope.Factor + smooth * stretched;
        var between = (wavelengths >= shortest).logical_and(wavelengths <= longest);
        return where(between, blended, stretched);
    }

    // Pairs with many turns within the original length stay, those with few are stretched, a ramp lies between.
    private static Tensor Yarn(RopeOptions rope, Tensor frequencies)
    {
        double Pair(double turns) =>
            rope.Dimensions * Math.Log(rope.OriginalPositions / (turns * 2 * Math.PI)) / (2 * Math.Log(rope.Theta));
        var (low, high) = (Pair(rope.BetaFast), Pair(rope.BetaSlow));
        if (rope.Truncate)
        {
            (low, high) = (Math.Floor(low), Math.Ceiling(high));
        }

        (low, high) = (Math.Max(low, 0), Math.Min(high, rope.Dimensions - 1));
        high = low == high ? high + 0.001 : high;
        var ramp = ((arange(rope.Dimensions / 2, float32) - (float)low) / (float)(high - low)).clamp(0, 1);
        return frequencies / (float)rope.Factor * ramp + frequencies * (1 - ramp);
    }
}
