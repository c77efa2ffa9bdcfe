using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Causal attention of all documents of a pass by matrix products of float32, with its gradient. A piece of work is a
/// document and a head, which one thread does alone on the tensors as they lie, a block of queries at a time, so that nothing is
/// repeated or padded, and nothing between two products leaves the thread's cache.
/// With <c>p = exp(s q k - l)</c>: <c>o = sum p v</c>, <c>dv = sum p do</c>, <c>ds = p (do v - do o)</c>,
/// <c>dq = s sum ds k</c>, <c>dk = s sum ds q</c> (Dao et al. 2022, appendix B).
/// </summary>
/// <param name="buckets">Documents that lie end to end.</param>
/// <param name="scale">Of the scores, <c>s</c>.</param>
internal sealed unsafe class ProductAttention(IReadOnlyList<DocumentLayout.Bucket> buckets, float scale)
{
    // The longest first, so that none is left over while others have nothing to do.
    private readonly (long First, int Length)[] _documents =
    [
        .. buckets
            .SelectMany(bucket =>
                Enumerable
                    .Range(0, (int)bucket.Count)
                    .Select(d => (bucket.Start + d * bucket.Length, (int)bucket.Length))
            )
            .OrderByDescending(document => document.Item2),
    ];

    /// <summary>Mixes values.</summary>
    /// <param name="query"><c>[tokens, heads, size]</c> float32, values of a head side by side, like all that follow.</param>
    /// <param name="key"><c>[tokens, key-value heads, size]</c>.</param>
    /// <param name="value">The same shape.</param>
    /// <param name="result">The query's shape; written.</param>
    /// <param name="logSums"><c>[tokens, heads]</c>: the logarithm of each sum of exponentials; written.</param>
    public void Forward(Tensor query, Tensor key, Tensor value, Tensor result, Tensor logSums)
    {
        var (q, k, v, o) = (new Heads(query), new Heads(key), new Heads(value), new Heads(result));
        var group = q.Count / k.Count;
        var sums = (float*)TensorMemory.Of(logSums);
        Pile.Run(
            _documents.LongLength * q.Count,
            Work(q),
            pile =>
            {
                using var block = new ScoreBlock(Longest, k.Size, v.Size);
                while (pile.Take(out var piece))
                {
                    var ((first, length), h) = (_documents[piece / q.Count], (int)(piece % q.Count));
                    var (keys, values) = (block.Turned(k[first, h / group], k.Size, length), v[first, h / group]);
                    foreach (var start in ScoreBlock.Starts(length))
                    {
                        var (rows, seen) = block.Place(start, length);
                        var at = first + start;
                        SmallProduct.Run(rows, block.Columns, q.Size, scale, q[at, h], keys, false, block.Scores);
                        block.ToShares(sums + at * q.Count + h, q.Count);
                        SmallProduct.Run(rows, v.Size, seen, 1, block.Scores, values, false, o[at, h]);
                    }
                }
            }
        );
    }

    /// <summary>Gradients of query, key and value.</summary>
    /// <param name="given">Of the result, in its shape.</param>
    /// <param name="query">As in the forward pass.</param>
    /// <param name="key">As in the forward pass.</param>
    /// <param name="value">As in the forward pass.</param>
    /// <param name="result">What the forward pass gave.</param>
    /// <param name="logSums">What the forward pass gave.</param>
    /// <param name="ofQuery">The query's gradient, in its shape; written.</param>
    /// <param name="ofKey">A gradient for each of the query's heads, <c>[tokens, heads, size]</c>; written.</param>
    /// <param name="ofValue">The same of the values.</param>
    public void Backward(
        Tensor given,
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor result,
        Tensor logSums,
        Tensor ofQuery,
        Tensor ofKey,
        Tensor ofValue
    )
    {
        var (q, k, v, o) = (new Heads(query), new Heads(key), new Heads(value), new Heads(result));
        var (g, dq, dk, dv) = (new Heads(given), new Heads(ofQuery), new Heads(ofKey), new Heads(ofValue));
        var group = q.Count / k.Count;
        var sums = (float*)TensorMemory.Of(logSums);
        Pile.Run(
            _documents.LongLength * q.Count,
            Work(q),
            pile =>
            {
                using var block = new ScoreBlock(Longest, k.Size, v.Size);
                while (pile.Take(out var piece))
                {
                    var ((first, length), h) = (_documents[piece / q.Count], (int)(piece % q.Count));
                    var keys = k[first, h / group];
                    var turnedKeys = block.Turned(keys, k.Size, length);
                    var turnedValues = block.TurnedToo(v[first, h / group], v.Size, length);
                    // From the end, where a block reaches all keys: it begins their sums.
                    foreach (var start in ScoreBlock.Starts(length).Reverse())
                    {
                        var (rows, seen) = block.Place(start, length);
                        var (at, columns) = (first + start, block.Columns);
                        var add = seen < length;
                        SmallProduct.Run(rows, columns, q.Size, scale, q[at, h], turnedKeys, false, block.Scores);
                        SmallProduct.Run(rows, columns, v.Size, 1, g[at, h], turnedValues, false, block.Slopes);
                        block.Bend(sums + at * q.Count + h, q.Count, g[at, h], o[at, h], v.Size, scale);
                        SmallProduct.Run(seen, v.Size, rows, 1, block.Scores.T, g[at, h], add, dv[first, h]);
                        SmallProduct.Run(seen, q.Size, rows, 1, block.Slopes.T, q[at, h], add, dk[first, h]);
                        SmallProduct.Run(rows, q.Size, seen, 1, block.Slopes, keys, false, dq[at, h]);
                    }
                }
            }
        );
    }

    private int Longest => _documents[0].Length;

    private long Work(Heads heads) => _documents.Sum(d => (long)d.Length * d.Length) * heads.Count;

    // [tokens, heads, size], whose tokens and heads may lie apart.
    private readonly struct Heads
    {
        private readonly float* _start;
        private readonly int _token;
        private readonly int _head;

        public Heads(Tensor heads)
        {
            _start = (float*)TensorMemory.Of(heads);
            (_token, _head) = ((int)heads.stride(0), (int)heads.stride(1));
            (Count, Size) = ((int)heads.shape[1], (int)heads.shape[2]);
        }

        public int Count { get; }

        public int Size { get; }

        public FloatMatrix this[long token, int head] => new(_start + token * _token + (long)head * _head, _token);
    }
}
