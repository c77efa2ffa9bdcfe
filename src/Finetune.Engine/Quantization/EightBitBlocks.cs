using System.Buffers.Binary;

namespace Finetune.Engine.Quantization;

/// <summary>
/// GGUF's Q8_0: blocks of 32 values, each a float16 scale d and 32 signed bytes q; a value is d * q. As
/// <c>ggml-quants.c</c> (<c>quantize_row_q8_0_ref</c>): d = max |x| / 127 in float32, q = x / d rounded half away from
/// zero, by the float32 d; d is stored as float16 after that.
/// </summary>
public static class EightBitBlocks
{
    /// <summary>Values in a block.</summary>
    public const int BlockValues = 32;

    /// <summary>Bytes of a block.</summary>
    public const int BlockBytes = 2 + BlockValues;

    private const float Largest = 127;

    /// <summary>Bytes of so many values.</summary>
    /// <param name="values">A multiple of <see cref="BlockValues"/>.</param>
    public static long BytesOf(long values) => values / BlockValues * BlockBytes;

    /// <summary>Quantises a row.</summary>
    /// <param name="values">A multiple of <see cref="BlockValues"/>.</param>
    /// <param name="bytes"><see cref="BytesOf"/> places.</param>
    /// <exception cref="ArgumentException">A length that is no multiple of a block's, or too few places.</exception>
    public static void Quantize(ReadOnlySpan<float> values, Span<byte> bytes)
    {
        CheckLengths(values.Length, bytes.Length);
        for (; values.Length > 0; values = values[BlockValues..], bytes = bytes[BlockBytes..])
        {
            var largest = 0f;
            foreach (var value in values[..BlockValues])
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            var scale = largest / Largest;
            var inverse = scale == 0 ? 0 : 1 / scale;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, HalfNumbers.ToFloat16(scale));
            for (var i = 0; i < BlockValues; i++)
            {
                bytes[2 + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
            }
        }
    }

    /// <summary>What quantised values stand for, by their float16 scales.</summary>
    /// <param name="bytes">Whole blocks.</param>
    /// <param name="values">A place for each value.</param>
    /// <exception cref="ArgumentException">Lengths that do not go together.</exception>
    public static void Dequantize(ReadOnlySpan<byte> bytes, Span<float> values)
    {
        CheckLengths(values.Length, bytes.Length);
        for (; values.Length > 0; values = values[BlockValues..], bytes = bytes[BlockBytes..])
        {
            var scale = HalfNumbers.FromFloat16(BinaryPrimitives.ReadUInt16LittleEndian(bytes));
            for (var i = 0; i < BlockValues; i++)
            {
                values[i] = scale * (sbyte)bytes[2 + i];
            }
        }
    }

    private static void CheckLengths(int values, int bytes)
    {
        if (values % BlockValues != 0 || bytes != BytesOf(values))
        {
            throw new ArgumentException($"{values} values and {bytes} bytes are not the same whole blocks");
        }
    }
}
