using System.Buffers;
using System.Runtime.Intrinsics;

namespace Finetune.Engine.Models.Managed;

/// <summary>
/// Causal attention of rows over the caches that already hold their keys and values, one chunk a row and key-value
/// head. Keys are read where they lie.
/// </summary>
/// <param name="team">Who does it.</param>
/// <param name="heads">Query heads.</param>
/// <param name="keyValueHeads">Key-value heads.</param>
/// <param name="size">Width of a head.</param>
internal sealed unsafe class ManagedAttention(WorkTeam team, int heads, int keyValueHeads, int size) : IChunkedWork
{
    private const int Lane = 8;

    // Multiplications worth a second thread.
    private const long WorthSharing = 1 << 17;

    private readonly int _group = heads / keyValueHeads;
    private float* _query;
    private float* _mixed;
    private ManagedRows _rows = null!;
    private ManagedLayer _layer = null!;

    /// <summary>Mixes values for every row.</summary>
    /// <param name="rows">Whose they are.</param>
    /// <param name="layer">Scale, cap and window.</param>
    /// <param name="query"><c>[rows, heads, size]</c>.</param>
    /// <param name="mixed">The same shape, for the result.</param>
    public void Run(ManagedRows rows, ManagedLayer layer, float* query, float* mixed)
    {
        (_rows, _layer) = (rows, layer);
        _query = query;
        _mixed = mixed;
        var work = 2L * rows.TokensSeen * heads * size;
        var chunks = rows.Count * keyValueHeads;
        if (work >= WorthSharing && chunks < short.MaxValue)
        {
            team.Run(this, chunks);
            return;
        }

        for (var chunk = 0; chunk < chunks; chunk++)
        {
            Mix(chunk);
        }
    }

    /// <inheritdoc/>
    void IChunkedWork.Run(int chunk) => Mix(chunk);

    private void Mix(int chunk)
    {
        var (row, keyValueHead) = Math.DivRem(chunk, keyValueHeads);
        var slot = _rows.Cache(row).Slot(_layer.Index);
        var last = _rows.Position(row);
        var first = _layer.Window is { } window ? Math.Max(0, last - window + 1) : 0;
        var count = last - first + 1;
        var offset = ((long)keyValueHead * slot.Capacity + first) * size;
        var shares = ArrayPool<float>.Shared.Rent(count);
        fixed (float* scores = shares)
        {
            for (var member = 0; member < _group; member++)
            {
                var head = (long)row * heads + keyValueHead * _group + member;
                Score(_query + head * size, slot.Keys + offset, count, scores);
                Softmax(scores, count);
                Sum(scores, slot.Values + offset, count, _mixed + head * size);
            }
        }

        ArrayPool<float>.Shared.Return(shares);
    }

    private void Score(float* query, float* keys, int count, float* scores)
    {
        for (var t = 0; t < count; t++, keys += size)
        {
            var score = RowProducts.Dot(query, keys, size) * _layer.Scale;
            scores[t] = _layer.Cap is { } cap ? cap * MathF.Tanh(score / cap) : score;
        }
    }

    private static void Softmax(float* scores, int count)
    {
        var highest = float.NegativeInfinity;
        for (var t = 0; t < count; t++)
        {
            highest = Math.Max(highest, scores[t]);
        }

        var sums = Vector256<float>.Zero;
        var shift = Vector256.Create(highest);
        var i = 0;
        for (; i <= count - Lane; i += Lane)
        {
            var value = Vector256.Exp(Vector256.Load(scores + i) - shift);
            value.Store(scores + i);
            sums += value;
        }

        var sum = Vector256.Sum(sums);
        for (; i < count; i++)
        {
            scores[i] = MathF.Exp(scores[i] - highest);
            sum += scores[i];
        }

        for (i = 0; i < count; i++)
        {
            scores[i] /= sum;
        }
    }

    private void Sum(float* shares, float* values, int count, float* mixed)
    {
        var i = 0;
        for (; i <= size - 4 * Lane; i += 4 * Lane)
        {
            Vector256<float> a = default,
                b = default,
                c = default,
                d = default;
            var value = values + i;
            for (var t = 0; t < count; t++, value += size)
            {
                var share = Vector256.Create(shares[t]);
                a = Vector256.MultiplyAddEstimate(share, Vector256.Load(value), a);
                b = Vector256.MultiplyAddEstimate(share, Vector256.Load(value + Lane), b);
                c = Vector256.MultiplyAddEstimate(share, Vector256.Load(value + 2 * Lane), c);
                d = Vector256.MultiplyAddEstimate(share, Vector256.Load(value + 3 * Lane), d);
            }

            a.Store(mixed + i);
            b.Store(mixed + i + Lane);
            c.Store(mixed + i + 2 * Lane);
            d.Store(mixed + i + 3 * Lane);
        }

        for (; i <= size - Lane; i += Lane)
        {
            Vector256<float> a = default;
            for (var t = 0; t < count; t++)
            {
                a = Vector256.MultiplyAddEstimate(
                    Vector256.Create(shares[t]),
                    Vector256.Load(values + (long)t * size + i),
                    a
                );
            }

            a.Store(mixed + i);
        }

        for (; i < size; i++)
        {
            mixed[i] = 0;
            for (var t = 0; t < count; t++)
            {
                mixed[i] += shares[t] * values[(long)t * size + i];
            }
        }
    }
}
