using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Finetune.Engine.Quantization;

/// <summary>
/// NF4 (Dettmers et al. 2023, QLoRA) as bitsandbytes computes it: blocks of 64 values, each divided by its largest
/// magnitude and coded as the nearest of 16 quantiles of the normal distribution. Two codes a byte, the first in the high
/// half; a value is book[code] * absmax in float32.
/// </summary>
public static class NormalFloat
{
    /// <summary>Values that share an absmax.</summary>
    public const int BlockValues = 64;

    // The code of zero: what fills the last half byte of an odd count.
    private const int ZeroCode = 7;

    private static readonly float[] Values =
    [
        -1f,
        -0.696192801f,
        -0.525073051f,
        -0.394917488f,
        -0.284441382f,
        -0.18477343f,
        -0.0910500363f,
        0f,
        0.0795802996f,
        0.160930201f,
        0.246112302f,
        0.337915242f,
        0.440709829f,
        0.562617004f,
        0.722956836f,
        1f,
    ];

    private static readonly float[] Middles =
    [
        -0.848096371f,
        -0.610632896f,
        -0.45999527f,
        -0.33967942f,
        -0.234607399f,
        -0.137911737f,
        -0.0455250181f,
        0.0397901498f,
        0.120255247f,
        0.203521252f,
        0.292013764f,
        0.389312536f,
        0.501663446f,
        0.64278692f,
        0.861478448f,
    ];

    /// <summary>The 16 values, rising.</summary>
    public static ReadOnlySpan<float> Book => Values;

    /// <summary>Bounds between neighbouring values; what lies on one takes the lower code.</summary>
    public static ReadOnlySpan<float> Bounds => Middles;

    /// <summary>Quantises one block.</summary>
    /// <param name="values">At most <see cref="BlockValues"/>.</param>
    /// <param name="packed">A byte for each two.</param>
    /// <returns>The block's absmax; NaN or infinity where a value is.</returns>
    public static float Quantize(ReadOnlySpan<float> values, Span<byte> packed)
    {
        Span<byte> codes = stackalloc byte[BlockValues];
        codes.Fill(ZeroCode);
        var absmax = AbsoluteMaximum(values);
        if (absmax > 0)
        {
            Encode(values, 1 / absmax, codes);
        }

        for (var i = 0; i < (values.Length + 1) / 2; i++)
        {
            packed[i] = (byte)((codes[2 * i] << 4) | codes[2 * i + 1]);
        }

        return absmax;
    }

    /// <summary>What a block's codes stand for.</summary>
    /// <param name="packed">A byte for each two values.</param>
    /// <param name="absmax">The block's.</param>
    /// <param name="values">At most <see cref="BlockValues"/> places.</param>
    public static void Dequantize(ReadOnlySpan<byte> packed, float absmax, Span<float> values)
    {
        var done = Avx2.IsSupported ? DequantizeWide(packed, absmax, values) : 0;
        for (var i = done; i < values.Length; i++)
        {
            values[i] = Values[CodeAt(packed, i)] * absmax;
        }
    }

    /// <summary>The code of a value of packed ones.</summary>
    public static int CodeAt(ReadOnlySpan<byte> packed, int index) =>
        index % 2 == 0 ? packed[index / 2] >> 4 : packed[index / 2] & 0xF;

    // The bits of a magnitude order as the magnitudes do, with infinity and NaN above all: nothing hides behind a maximum.
    private static float AbsoluteMaximum(ReadOnlySpan<float> values)
    {
        var largest = 0u;
        foreach (var bits in MemoryMarshal.Cast<float, uint>(values))
        {
            largest = Math.Max(largest, bits & 0x7FFF_FFFF);
        }

        return BitConverter.UInt32BitsToSingle(largest);
    }

    private static void Encode(ReadOnlySpan<float> values, float inverse, Span<byte> codes)
    {
        var i = 0;
        for (; i + Vector256<float>.Count <= values.Length; i += Vector256<float>.Count)
        {
            var scaled = Vector256.Create(values[i..]) * inverse;
            var below = Vector256<int>.Zero;
            foreach (var bound in Middles)
            {
                // A true comparison is -1.
                below -= Vector256.GreaterThan(scaled, Vector256.Create(bound)).AsInt32();
            }

            for (var lane = 0; lane < Vector256<int>.Count; lane++)
            {
                codes[i + lane] = (byte)below[lane];
            }
        }

        for (; i < values.Length; i++)
        {
            var scaled = values[i] * inverse;
            var below = 0;
            foreach (var bound in Middles)
            {
                below += scaled > bound ? 1 : 0;
            }

            codes[i] = (byte)below;
        }
    }

    /// <summary>32 values at a time: half bytes to indices, two look-ups in registers, one product.</summary>
    private static int DequantizeWide(ReadOnlySpan<byte> packed, float absmax, Span<float> values)
    {
        var low = Vector256.Create(Values.AsSpan(0, 8));
        var high = Vector256.Create(Values.AsSpan(8, 8));
        var scale = Vector256.Create(absmax);
        var mask = Vector128.Create((byte)0xF);
        var i = 0;
        for (; i + 32 <= values.Length; i += 32)
        {
            var pairs = Vector128.Create(packed[(i / 2)..]);
            var first = Vector128.ShiftRightLogical(pairs, 4) & mask;
            var second = pairs & mask;
            var front = Sse2.UnpackLow(first, second);
            var back = Sse2.UnpackHigh(first, second);
            Write(front, low, high, scale, values[i..]);
            Write(Sse2.ShiftRightLogical128BitLane(front, 8), low, high, scale, values[(i + 8)..]);
            Write(back, low, high, scale, values[(i + 16)..]);
            Write(Sse2.ShiftRightLogical128BitLane(back, 8), low, high, scale, values[(i + 24)..]);
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(
        Vector128<byte> codes,
        Vector256<float> low,
        Vector256<float> high,
        Vector256<float> scale,
        Span<float> target
    )
    {
        var index = Avx2.ConvertToVector256Int32(codes);
        // The fourth bit of a code chooses the half of the book.
        var upper = Vector256.ShiftLeft(index, 28).AsSingle();
        var value = Avx.BlendVariable(Avx2.PermuteVar8x32(low, index), Avx2.PermuteVar8x32(high, index), upper);
        (value * scale).CopyTo(target);
    }
}
