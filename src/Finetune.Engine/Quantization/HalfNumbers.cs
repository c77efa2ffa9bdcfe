namespace Finetune.Engine.Quantization;

/// <summary>float32 to the 16-bit formats and back: round to nearest, ties to even, subnormals kept, overflow to infinity,
/// any NaN stays a NaN (as PyTorch's casts).</summary>
public static class HalfNumbers
{
    /// <summary>The bits of the nearest bfloat16.</summary>
    public static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
        {
            // Cutting off the low bits alone could leave an infinity.
            return (ushort)((bits >> 16) | 0x40);
        }

        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The value of bfloat16 bits; exact.</summary>
    public static float FromBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The bits of the nearest float16.</summary>
    public static ushort ToFloat16(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>The value of float16 bits; exact.</summary>
    public static float FromFloat16(ushort bits) => (float)BitConverter.UInt16BitsToHalf(bits);

    /// <summary>Many at once.</summary>
    /// <param name="values">What to round.</param>
    /// <param name="bits">As many places.</param>
    public static void ToBFloat16(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        for (var i = 0; i < values.Length; i++)
        {
            bits[i] = ToBFloat16(values[i]);
        }
    }

    /// <summary>Many at once.</summary>
    /// <param name="values">What to round.</param>
    /// <param name="bits">As many places.</param>
    public static void ToFloat16(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        for (var i = 0; i < values.Length; i++)
        {
            bits[i] = ToFloat16(values[i]);
        }
    }
}
