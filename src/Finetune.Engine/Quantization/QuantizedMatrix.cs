using System.Buffers;
using System.Runtime.InteropServices;

namespace Finetune.Engine.Quantization;

/// <summary>
/// A frozen weight <c>[rows, columns]</c> in NF4, outside the managed heap: half a byte a value, and an absmax for each
/// block of 64 values in row-major order, across rows. With double quantisation (Dettmers et al. 2023) the absmax less
/// their mean are 8-bit codes with a float32 scale for each 256.
/// </summary>
public sealed unsafe class QuantizedMatrix : IDisposable
{
    /// <summary>Blocks that share a scale of double quantisation.</summary>
    public const int ScaleBlocks = 256;

    // A multiple of blocks.
    private const int StretchValues = 1 << 20;

    private readonly float[]? _absmax;
    private readonly byte[]? _codes;
    private readonly float[]? _scales;
    private readonly float _offset;
    private byte* _packed;

    private QuantizedMatrix(long rows, long columns, byte* packed, float[] absmax, bool twice)
    {
        (Rows, Columns) = (rows, columns);
        _packed = packed;
        if (!twice)
        {
            _absmax = absmax;
            return;
        }

        _offset = FloatMean.Of(absmax);
        _codes = new byte[absmax.Length];
        _scales = new float[(absmax.Length + ScaleBlocks - 1) / ScaleBlocks];
        for (var block = 0; block < _scales.Length; block++)
        {
            var part = absmax.AsSpan(block * ScaleBlocks, Math.Min(ScaleBlocks, absmax.Length - block * ScaleBlocks));
            foreach (ref var value in part)
            {
                value -= _offset;
                _scales[block] = Math.Max(_scales[block], Math.Abs(value));
            }

            var inverse = _scales[block] > 0 ? 1 / _scales[block] : 0;
            for (var i = 0; i < part.Length; i++)
            {
                _codes[block * ScaleBlocks + i] = DynamicCodes.Nearest(part[i] * inverse);
            }
        }
    }

    /// <summary>Frees what <see cref="Dispose"/> did not.</summary>
    ~QuantizedMatrix() => Free();

    /// <summary>Rows: outputs of a linear layer.</summary>
    public long Rows { get; }

    /// <summary>Columns: its inputs.</summary>
    public long Columns { get; }

    /// <summary>How many values.</summary>
    public long Count => Rows * Columns;

    /// <summary>Bytes that it takes.</summary>
    public long Bytes => BytesOf(Count, _absmax is null);

    /// <summary>The mean that double quantisation takes off, or null.</summary>
    public float? Offset => _absmax is null ? _offset : null;

    /// <summary>Codes of double quantisation; empty without.</summary>
    public ReadOnlySpan<byte> AbsmaxCodes => _codes;

    /// <summary>Scales of double quantisation; empty without.</summary>
    public ReadOnlySpan<float> AbsmaxScales => _scales;

    /// <summary>Packed codes, from a byte on.</summary>
    public ReadOnlySpan<byte> Packed(long start, int count) => new(_packed + start, count);

    /// <summary>Bytes that so many values take.</summary>
    /// <param name="count">Values.</param>
    /// <param name="twice">With double quantisation.</param>
    public static long BytesOf(long count, bool twice)
    {
        var blocks = BlocksOf(count);
        return (count + 1) / 2 + (twice ? blocks + (blocks + ScaleBlocks - 1) / ScaleBlocks * 4 : blocks * 4);
    }

    /// <summary>Quantises values that come in stretches, so that the whole never exists unquantised.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="twice">Whether absmax are quantised too.</param>
    /// <param name="read">Fills a stretch of values, from an index in row-major order.</param>
    /// <exception cref="NotFiniteNumberException">A value that is infinite or NaN.</exception>
    public static QuantizedMatrix Of(long rows, long columns, bool twice, ReadValues read)
    {
        var count = rows * columns;
        var absmax = new float[BlocksOf(count)];
        var packed = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, (count + 1) / 2));
        var stretch = ArrayPool<float>.Shared.Rent(StretchValues);
        try
        {
            for (var at = 0L; at < count; at += StretchValues)
            {
                var values = (int)Math.Min(StretchValues, count - at);
                read(at, stretch.AsSpan(0, values));
                Quantize(stretch, values, packed + at / 2, absmax, at / NormalFloat.BlockValues);
            }

            return new QuantizedMatrix(rows, columns, packed, absmax, twice);
        }
        catch
        {
            NativeMemory.Free(packed);
            throw;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(stretch);
        }
    }

    /// <summary>The absmax of a block.</summary>
    public float Absmax(long block) =>
        _absmax is not null
            ? _absmax[block]
            : DynamicCodes.Book[_codes![block]] * _scales![block / ScaleBlocks] + _offset;

    /// <summary>Values from an index in row-major order on.</summary>
    /// <param name="start">Any index.</param>
    /// <param name="values">As many as wanted.</param>
    public void Dequantize(long start, Span<float> values)
    {
        ObjectDisposedException.ThrowIf(_packed is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + values.Length, Count, nameof(start));
        Span<float> whole = stackalloc float[NormalFloat.BlockValues];
        while (values.Length > 0)
        {
            var block = start / NormalFloat.BlockValues;
            var skipped = (int)(start - block * NormalFloat.BlockValues);
            var inBlock = (int)Math.Min(NormalFloat.BlockValues, Count - block * NormalFloat.BlockValues);
            var taken = Math.Min(inBlock - skipped, values.Length);
            var packed = Packed(block * NormalFloat.BlockValues / 2, (inBlock + 1) / 2);
            if (taken == inBlock)
            {
                NormalFloat.Dequantize(packed, Absmax(block), values[..taken]);
            }
            else
            {
                NormalFloat.Dequantize(packed, Absmax(block), whole[..inBlock]);
                whole.Slice(skipped, taken).CopyTo(values);
            }

            values = values[taken..];
            start += taken;
        }

        // The finalizer must not free what a running call reads.
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static long BlocksOf(long count) => (count + NormalFloat.BlockValues - 1) / NormalFloat.BlockValues;

    private static void Quantize(float[] values, int count, byte* packed, float[] absmax, long firstBlock)
    {
        Parallel.For(
            0,
            (int)BlocksOf(count),
            block =>
            {
                var at = block * NormalFloat.BlockValues;
                var part = values.AsSpan(at, Math.Min(NormalFloat.BlockValues, count - at));
                var target = new Span<byte>(packed + at / 2, (part.Length + 1) / 2);
                absmax[firstBlock + block] = NormalFloat.Quantize(part, target);
            }
        );
        foreach (var largest in absmax.AsSpan((int)firstBlock, (int)BlocksOf(count)))
        {
            if (!float.IsFinite(largest))
            {
                throw new NotFiniteNumberException("a value that is infinite or NaN", largest);
            }
        }
    }

    private void Free()
    {
        NativeMemory.Free(_packed);
        _packed = null;
    }
}

/// <summary>Fills a stretch of a matrix's values.</summary>
/// <param name="start">Index of the first, in row-major order.</param>
/// <param name="values">Where they go.</param>
public delegate void ReadValues(long start, Span<float> values);
