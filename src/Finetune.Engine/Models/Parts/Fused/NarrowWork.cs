using System.Numerics;
using System.Runtime.InteropServices;
using Finetune.Engine.Native;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// What one thread of <see cref="NarrowAttention"/> works with: rows of a document and a key-value head in float32. Rows of a
/// head are padded to whole vectors, and so are rows of scores.
/// </summary>
internal sealed unsafe class NarrowWork : IDisposable
{
    private const int Together = 4;

    private readonly float* _memory;
    private readonly int _size;
    private readonly int _length;
    private readonly int _stride;

    /// <summary>Takes memory, all zeros.</summary>
    /// <param name="size">Width of a head.</param>
    /// <param name="length">Tokens of a document.</param>
    public NarrowWork(int size, int length)
    {
        (_size, _length) = (size, length);
        Width = Padded(_size);
        _stride = (_length + Together * Lanes - 1) / (Together * Lanes) * (Together * Lanes);
        var (turned, rows) = (_size * _stride, _length * Width);
        var count = 2 * turned + 4 * rows + 2 * _stride + 3 * Width;
        _memory = (float*)NativeMemory.AllocZeroed((nuint)count, sizeof(float));
        TurnedKeys = _memory;
        TurnedValues = TurnedKeys + turned;
        Keys = TurnedValues + turned;
        Values = Keys + rows;
        OfKeys = Values + rows;
        OfValues = OfKeys + rows;
        Shares = OfValues + rows;
        Slopes = Shares + _stride;
        Query = Slopes + _stride;
        Gradient = Query + Width;
        Row = Gradient + Width;
    }

    /// <summary>Values of a padded row.</summary>
    public int Width { get; }

    /// <summary>Keys, <c>[size, tokens]</c>.</summary>
    public float* TurnedKeys { get; }

    /// <summary>Values, <c>[size, tokens]</c>.</summary>
    public float* TurnedValues { get; }

    /// <summary>Keys, <c>[tokens, width]</c>.</summary>
    public float* Keys { get; }

    /// <summary>Values, <c>[tokens, width]</c>.</summary>
    public float* Values { get; }

    /// <summary>Sums of the keys' gradients, <c>[tokens, width]</c>.</summary>
    public float* OfKeys { get; }

    /// <summary>Sums of the values' gradients, <c>[tokens, width]</c>.</summary>
    public float* OfValues { get; }

    /// <summary>A query's scores, then its shares.</summary>
    public float* Shares { get; }

    /// <summary>Gradients of the shares, then of the scores.</summary>
    public float* Slopes { get; }

    /// <summary>The query.</summary>
    public float* Query { get; }

    /// <summary>The gradient of its result.</summary>
    public float* Gradient { get; }

    /// <summary>Any other row.</summary>
    public float* Row { get; }

    /// <summary>Puts a token's row into a turned matrix.</summary>
    public void Turn(float* row, float* turned, int token)
    {
        for (var d = 0; d < _size; d++)
        {
            turned[d * _stride + token] = row[d];
        }
    }

    /// <summary>Begins the sums of gradients anew.</summary>
    public void ForgetSums() => new Span<float>(OfKeys, 2 * _length * Width).Clear();

    /// <summary>Products of a row with every token up to the last. Four vectors at a time, so that none waits for its own sum.</summary>
    public void Scores(float* row, float* turned, float scale, float* scores, int last)
    {
        for (var j = 0; j <= last; j += Together * Lanes)
        {
            var (a, b) = (Vector<float>.Zero, Vector<float>.Zero);
            var (c, e) = (Vector<float>.Zero, Vector<float>.Zero);
            var keys = turned + j;
            for (var d = 0; d < _size; d++, keys += _stride)
            {
                var one = new Vector<float>(row[d] * scale);
                a = Vector.MultiplyAddEstimate(one, Vector.Load(keys), a);
                b = Vector.MultiplyAddEstimate(one, Vector.Load(keys + Lanes), b);
                c = Vector.MultiplyAddEstimate(one, Vector.Load(keys + 2 * Lanes), c);
                e = Vector.MultiplyAddEstimate(one, Vector.Load(keys + 3 * Lanes), e);
            }

            a.Store(scores + j);
            b.Store(scores + j + Lanes);
            c.Store(scores + j + 2 * Lanes);
            e.Store(scores + j + 3 * Lanes);
        }
    }

    /// <summary>Whatever stands in a vector after the last score counts for nothing.</summary>
    public void Cut(int last)
    {
        for (var j = last + 1; j % Lanes != 0; j++)
        {
            Shares[j] = float.NegativeInfinity;
        }
    }

    /// <summary>The highest score up to the last.</summary>
    public float Highest(int last)
    {
        var wide = Vector.Load(Shares);
        for (var j = Lanes; j <= last; j += Lanes)
        {
            wide = Vector.MaxNative(wide, Vector.Load(Shares + j));
        }

        var highest = wide[0];
        for (var lane = 1; lane < Lanes; lane++)
        {
            highest = wide[lane] > highest ? wide[lane] : highest;
        }

        return highest;
    }

    /// <summary>Of the shares, which become them; nothing comes after the last.</summary>
    public float Exponentials(float top, int last)
    {
        var (sum, wide) = (Vector<float>.Zero, new Vector<float>(top));
        for (var j = 0; j <= last; j += Lanes)
        {
            var share = Exponential.Of(Vector.Load(Shares + j) - wide);
            share.Store(Shares + j);
            sum += share;
        }

        return Vector.Sum(sum);
    }

    /// <summary>Slopes by shares become slopes by scores.</summary>
    public void Bend(float own, float scale, int last)
    {
        var wide = new Vector<float>(own);
        for (var j = 0; j <= last; j += Lanes)
        {
            (Vector.Load(Shares + j) * (Vector.Load(Slopes + j) - wide) * scale).Store(Slopes + j);
        }
    }

    /// <summary>The sum of rows by their factors, times a scale; four sums that do not wait for each other.</summary>
    public void Mix(float* factors, float* rows, float scale, float* result, int last)
    {
        for (var at = 0; at < Width; at += Lanes)
        {
            var (a, b) = (Vector<float>.Zero, Vector<float>.Zero);
            var (c, e) = (Vector<float>.Zero, Vector<float>.Zero);
            var row = rows + at;
            var j = 0;
            for (; j <= last - Together + 1; j += Together, row += Together * Width)
            {
                a = Vector.MultiplyAddEstimate(new Vector<float>(factors[j]), Vector.Load(row), a);
                b = Vector.MultiplyAddEstimate(new Vector<float>(factors[j + 1]), Vector.Load(row + Width), b);
                c = Vector.MultiplyAddEstimate(new Vector<float>(factors[j + 2]), Vector.Load(row + 2 * Width), c);
                e = Vector.MultiplyAddEstimate(new Vector<float>(factors[j + 3]), Vector.Load(row + 3 * Width), e);
            }

            for (; j <= last; j++, row += Width)
            {
                a = Vector.MultiplyAddEstimate(new Vector<float>(factors[j]), Vector.Load(row), a);
            }

            ((a + b + (c + e)) * scale).Store(result + at);
        }
    }

    /// <summary>Adds to each row a factor's part of one.</summary>
    public void AddOuter(float* factors, float* row, float* sums, int last)
    {
        for (var c = 0; c < Width; c += Lanes)
        {
            var part = Vector.Load(row + c);
            for (var j = 0; j <= last; j++)
            {
                var sum = sums + j * Width + c;
                Vector.MultiplyAddEstimate(new Vector<float>(factors[j]), part, Vector.Load(sum)).Store(sum);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.Free(_memory);

    private static int Lanes => Vector<float>.Count;

    private static int Padded(int count) => (count + Lanes - 1) / Lanes * Lanes;
}
