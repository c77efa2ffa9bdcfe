using System.Numerics;
using System.Runtime.InteropServices;
using Finetune.Engine.Native;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// What one thread of <see cref="ProductAttention"/> works with: scores of a block of neighbouring queries with all keys up to
/// the last of them.
/// </summary>
internal sealed unsafe class ScoreBlock : IDisposable
{
    // Two blocks of a document of a thousand tokens fit into a processor core's own cache.
    private const int Queries = 64;
    private const int Alignment = 64;

    private readonly float* _scores;
    private readonly float* _slopes;
    private readonly float* _keys;
    private readonly float* _values;
    private readonly int _stride;
    private int _start;
    private int _rows;

    /// <summary>Takes memory.</summary>
    /// <param name="longest">Tokens of the longest document.</param>
    /// <param name="keySize">Width of a key.</param>
    /// <param name="valueSize">Width of a value.</param>
    public ScoreBlock(int longest, int keySize, int valueSize)
    {
        // Not a power of two, at which rows would fall into the same few places of a cache.
        _stride = (longest + Alignment - 1) / Alignment * Alignment + TileProduct.Lanes;
        var queries = Math.Min(Queries, longest);
        _scores = New(queries);
        _slopes = New(queries);
        _keys = New(keySize);
        _values = New(valueSize);
    }

    /// <summary>Scores, then shares.</summary>
    public FloatMatrix Scores => new(_scores, _stride);

    /// <summary>Gradients of the shares, then of the scores.</summary>
    public FloatMatrix Slopes => new(_slopes, _stride);

    /// <summary>First queries of a document's blocks.</summary>
    public static IEnumerable<int> Starts(int length) =>
        Enumerable.Range(0, (length + Queries - 1) / Queries).Select(block => block * Queries);

    /// <summary>Keys up to the block's last query, rounded up to whole vectors.</summary>
    public int Columns => (_start + _rows + TileProduct.Lanes - 1) / TileProduct.Lanes * TileProduct.Lanes;

    /// <summary>Is from now on about a block.</summary>
    /// <param name="start">Its first query.</param>
    /// <param name="length">Tokens of the document.</param>
    /// <returns>How many queries there are, and how many keys they see.</returns>
    public (int Rows, int Seen) Place(int start, int length)
    {
        _start = start;
        _rows = Math.Min(Queries, length - start);
        return (_rows, start + _rows);
    }

    /// <summary>A document's keys, <c>[size, tokens]</c>, with zeros behind the last up to a whole vector.</summary>
    /// <param name="keys"><c>[tokens, size]</c>.</param>
    /// <param name="size">Of a key.</param>
    /// <param name="length">Tokens.</param>
    public FloatMatrix Turned(FloatMatrix keys, int size, int length) => Turned(keys, size, length, _keys);

    /// <summary>The same of its values.</summary>
    public FloatMatrix TurnedToo(FloatMatrix values, int size, int length) => Turned(values, size, length, _values);

    /// <summary>Scores become shares, each row up to its own token; what comes later gets none.</summary>
    /// <param name="logSums">The logarithm of each row's sum of exponentials; written.</param>
    /// <param name="stride">From one to the next.</param>
    public void ToShares(float* logSums, int stride)
    {
        for (var row = 0; row < _rows; row++)
        {
            var scores = _scores + (long)row * _stride;
            var seen = _start + row + 1;
            Hide(scores, seen, float.NegativeInfinity);
            var wide = Vector.Load(scores);
            for (var j = Lanes; j < seen; j += Lanes)
            {
                wide = Vector.MaxNative(wide, Vector.Load(scores + j));
            }

            var highest = wide[0];
            for (var lane = 1; lane < Lanes; lane++)
            {
                highest = wide[lane] > highest ? wide[lane] : highest;
            }

            var sum = Exponentials(scores, seen, highest);
            logSums[(long)row * stride] = highest + MathF.Log(sum);
            var share = new Vector<float>(1 / sum);
            for (var j = 0; j < seen; j += Lanes)
            {
                (Vector.Load(scores + j) * share).Store(scores + j);
            }
        }
    }

    /// <summary>Scores become shares, and slopes by shares become slopes by scores.</summary>
    /// <param name="logSums">As they were.</param>
    /// <param name="stride">From one to the next.</param>
    /// <param name="gradient">Of the block's results.</param>
    /// <param name="result">The block's results.</param>
    /// <param name="width">Of a result.</param>
    /// <param name="scale">Of the scores.</param>
    public void Bend(float* logSums, int stride, FloatMatrix gradient, FloatMatrix result, int width, float scale)
    {
        for (var row = 0; row < _rows; row++)
        {
            var scores = _scores + (long)row * _stride;
            var slopes = _slopes + (long)row * _stride;
            var seen = _start + row + 1;
            Hide(scores, seen, float.NegativeInfinity);
            Hide(slopes, seen, 0);
            Exponentials(scores, seen, logSums[(long)row * stride]);
            var own = new Vector<float>(
                Dot(
                    (float*)gradient.Start + (long)row * gradient.Row,
                    (float*)result.Start + (long)row * result.Row,
                    width
                )
            );
            for (var j = 0; j < seen; j += Lanes)
            {
                (Vector.Load(scores + j) * (Vector.Load(slopes + j) - own) * scale).Store(slopes + j);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_scores);
        NativeMemory.AlignedFree(_slopes);
        NativeMemory.AlignedFree(_keys);
        NativeMemory.AlignedFree(_values);
    }

    private float* New(int rows) =>
        (float*)NativeMemory.AlignedAlloc((nuint)(rows * (long)_stride * sizeof(float)), Alignment);

    private FloatMatrix Turned(FloatMatrix rows, int size, int length, float* into)
    {
        var columns = (length + TileProduct.Lanes - 1) / TileProduct.Lanes * TileProduct.Lanes;
        for (var first = 0; first < columns; first += TileProduct.Lanes)
        {
            var last = Math.Min(length, first + TileProduct.Lanes);
            for (var d = 0; d < size; d++)
            {
                var row = into + (long)d * _stride;
                for (var j = first; j < last; j++)
                {
                    row[j] = rows.At[j * rows.Row + d];
                }

                for (var j = last; j < first + TileProduct.Lanes; j++)
                {
                    row[j] = 0;
                }
            }
        }

        return new FloatMatrix(into, _stride);
    }

    private static int Lanes => Vector<float>.Count;

    // Up to the end of a vector what counts for nothing, and zeros up to the block's last key.
    private void Hide(float* row, int seen, float filler)
    {
        var end = (seen + Lanes - 1) / Lanes * Lanes;
        new Span<float>(row + seen, end - seen).Fill(filler);
        if (_start + _rows > end)
        {
            new Span<float>(row + end, _start + _rows - end).Clear();
        }
    }

    private static float Exponentials(float* row, int count, float top)
    {
        var (sum, wide) = (Vector<float>.Zero, new Vector<float>(top));
        for (var j = 0; j < count; j += Lanes)
        {
            var share = Exponential.Of(Vector.Load(row + j) - wide);
            share.Store(row + j);
            sum += share;
        }

        return Vector.Sum(sum);
    }

    private static float Dot(float* a, float* b, int count)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            sum = Vector.MultiplyAddEstimate(Vector.Load(a + i), Vector.Load(b + i), sum);
        }

        var rest = Vector.Sum(sum);
        for (; i < count; i++)
        {
            rest += a[i] * b[i];
        }

        return rest;
    }
}
