using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Causal attention of narrow heads, with its gradient. The library's kernel takes a matrix product a document, head and
/// block, of which small models make thousands that are over before they have begun. Here a document and a key-value head
/// are one piece of work: keys are turned so that a vector holds the scores of neighbouring keys.
/// With <c>p = exp(s q k - l)</c>: <c>o = sum p v</c>, <c>dv = sum p do</c>, <c>ds = p (do v - do o)</c>,
/// <c>dq = s sum ds k</c>, <c>dk = s sum ds q</c> (Dao et al. 2022, appendix B).
/// </summary>
internal static unsafe class NarrowAttention
{
    // Measured: 1.2 to 2 times as fast up to here for documents of 16 to 512 tokens; at 16 the library's is.
    private const int Widest = 8;

    /// <summary>Whether it can take heads, and is the faster one. By shape alone, so that the same rows always round
    /// alike.</summary>
    /// <param name="heads">Queries, keys or values, <c>[tokens, heads, size]</c>.</param>
    public static bool Takes(Tensor heads) => heads.shape[2] <= Widest && heads.stride(2) == 1;

    /// <summary>Mixes values.</summary>
    /// <param name="query"><c>[tokens, heads, size]</c>, float32 or bfloat16, like all that follow.</param>
    /// <param name="key"><c>[tokens, key-value heads, size]</c>.</param>
    /// <param name="value">The same shape.</param>
    /// <param name="result">The query's shape; written where the bucket's documents lie.</param>
    /// <param name="logSums"><c>[tokens, heads]</c> float32: the logarithm of each sum of exponentials; written likewise.</param>
    /// <param name="scale">Of the scores, <c>s</c>.</param>
    /// <param name="bucket">Documents of equal length.</param>
    public static void Forward(
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor result,
        Tensor logSums,
        float scale,
        DocumentLayout.Bucket bucket
    )
    {
        var shape = new Shape(query, key, scale, bucket);
        var (q, k, v, o) = (new Heads(query), new Heads(key), new Heads(value), new Heads(result));
        var l = (float*)TensorMemory.Of(logSums);
        if (query.dtype == ScalarType.Float32)
        {
            Each(shape, (at, work) => Forward<Float32Numbers>(shape, at, work, q, k, v, o, l));
        }
        else
        {
            Each(shape, (at, work) => Forward<BFloat16Numbers>(shape, at, work, q, k, v, o, l));
        }
    }

    /// <summary>Gradients of query, key and value, written where the bucket's documents lie.</summary>
    /// <param name="gradient">Of the result, in its shape.</param>
    /// <param name="query">As in the forward pass.</param>
    /// <param name="key">As in the forward pass.</param>
    /// <param name="value">As in the forward pass.</param>
    /// <param name="result">What the forward pass gave.</param>
    /// <param name="logSums">What the forward pass gave.</param>
    /// <param name="scale">As in the forward pass.</param>
    /// <param name="into">The query's, key's and value's gradients, in their shapes.</param>
    /// <param name="bucket">Documents of equal length.</param>
    public static void Backward(
        Tensor gradient,
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor result,
        Tensor logSums,
        float scale,
        (Tensor Query, Tensor Key, Tensor Value) into,
        DocumentLayout.Bucket bucket
    )
    {
        var shape = new Shape(query, key, scale, bucket);
        var given = new Given(
            new Heads(gradient),
            new Heads(query),
            new Heads(key),
            new Heads(value),
            new Heads(result)
        );
        var made = new Made(new Heads(into.Query), new Heads(into.Key), new Heads(into.Value));
        var l = (float*)TensorMemory.Of(logSums);
        if (query.dtype == ScalarType.Float32)
        {
            Each(shape, (at, work) => Backward<Float32Numbers>(shape, at, work, given, made, l));
        }
        else
        {
            Each(shape, (at, work) => Backward<BFloat16Numbers>(shape, at, work, given, made, l));
        }
    }

    private delegate void Piece(long at, NarrowWork work);

    private static void Each(Shape shape, Piece piece) =>
        Team.Run(
            shape.Documents * shape.Groups,
            (long)shape.Length * shape.Length * shape.Size * shape.HeadsOfGroup,
            (from, to) =>
            {
                using var work = new NarrowWork(shape.Size, shape.Length);
                for (var at = from; at < to; at++)
                {
                    piece(at, work);
                }
            }
        );

    private static void Forward<TNumbers>(
        Shape shape,
        long at,
        NarrowWork work,
        Heads query,
        Heads key,
        Heads value,
        Heads result,
        float* logSums
    )
        where TNumbers : struct, INumbers
    {
        var (first, group) = shape.Place(at);
        for (var j = 0; j < shape.Length; j++)
        {
            Read<TNumbers>(key[first + j, group], work.Row, shape.Size);
            work.Turn(work.Row, work.TurnedKeys, j);
            Read<TNumbers>(value[first + j, group], work.Values + j * work.Width, shape.Size);
        }

        for (var h = group * shape.HeadsOfGroup; h < (group + 1) * shape.HeadsOfGroup; h++)
        {
            for (var i = 0; i < shape.Length; i++)
            {
                Read<TNumbers>(query[first + i, h], work.Query, shape.Size);
                work.Scores(work.Query, work.TurnedKeys, shape.Scale, work.Shares, i);
                work.Cut(i);
                var highest = work.Highest(i);
                var sum = work.Exponentials(highest, i);
                work.Mix(work.Shares, work.Values, 1 / sum, work.Row, i);
                Write<TNumbers>(work.Row, result[first + i, h], shape.Size);
                logSums[(first + i) * shape.AllHeads + h] = highest + MathF.Log(sum);
            }
        }
    }

    private static void Backward<TNumbers>(
        Shape shape,
        long at,
        NarrowWork work,
        Given given,
        Made made,
        float* logSums
    )
        where TNumbers : struct, INumbers
    {
        var (first, group) = shape.Place(at);
        var (width, size) = (work.Width, shape.Size);
        work.ForgetSums();
        for (var j = 0; j < shape.Length; j++)
        {
            Read<TNumbers>(given.Key[first + j, group], work.Keys + j * width, size);
            work.Turn(work.Keys + j * width, work.TurnedKeys, j);
            Read<TNumbers>(given.Value[first + j, group], work.Row, size);
            work.Turn(work.Row, work.TurnedValues, j);
        }

        for (var h = group * shape.HeadsOfGroup; h < (group + 1) * shape.HeadsOfGroup; h++)
        {
            for (var i = 0; i < shape.Length; i++)
            {
                Read<TNumbers>(given.Query[first + i, h], work.Query, size);
                Read<TNumbers>(given.Gradient[first + i, h], work.Gradient, size);
                Read<TNumbers>(given.Result[first + i, h], work.Row, size);
                var own = 0f;
                for (var d = 0; d < size; d++)
                {
                    own += work.Gradient[d] * work.Row[d];
                }

                work.Scores(work.Query, work.TurnedKeys, shape.Scale, work.Shares, i);
                work.Cut(i);
                work.Exponentials(logSums[(first + i) * shape.AllHeads + h], i);
                work.Scores(work.Gradient, work.TurnedValues, 1, work.Slopes, i);
                work.Bend(own, shape.Scale, i);
                work.Mix(work.Slopes, work.Keys, 1, work.Row, i);
                Write<TNumbers>(work.Row, made.Query[first + i, h], size);
                work.AddOuter(work.Slopes, work.Query, work.OfKeys, i);
                work.AddOuter(work.Shares, work.Gradient, work.OfValues, i);
            }
        }

        for (var j = 0; j < shape.Length; j++)
        {
            Write<TNumbers>(work.OfKeys + j * width, made.Key[first + j, group], size);
            Write<TNumbers>(work.OfValues + j * width, made.Value[first + j, group], size);
        }
    }

    private static void Read<TNumbers>(byte* from, float* to, int count)
        where TNumbers : struct, INumbers
    {
        if (typeof(TNumbers) == typeof(Float32Numbers))
        {
            new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));
            return;
        }

        for (var i = 0; i < count; i++)
        {
            to[i] = TNumbers.Get(from, i);
        }
    }

    private static void Write<TNumbers>(float* from, byte* to, int count)
        where TNumbers : struct, INumbers
    {
        for (var i = 0; i < count; i++)
        {
            TNumbers.Set(to, i, from[i]);
        }
    }

    private sealed record Given(Heads Gradient, Heads Query, Heads Key, Heads Value, Heads Result);

    private sealed record Made(Heads Query, Heads Key, Heads Value);

    // [tokens, heads, size], whose tokens and heads may lie apart.
    private readonly struct Heads
    {
        private readonly byte* _start;
        private readonly long _token;
        private readonly long _head;

        public Heads(Tensor heads)
        {
            _start = TensorMemory.Of(heads);
            _token = heads.stride(0) * heads.element_size();
            _head = heads.stride(1) * heads.element_size();
        }

        public byte* this[long token, int head] => _start + token * _token + head * _head;
    }

    private sealed class Shape(Tensor query, Tensor key, float scale, DocumentLayout.Bucket bucket)
    {
        public int AllHeads { get; } = (int)query.shape[1];

        public int Groups { get; } = (int)key.shape[1];

        public int Size { get; } = (int)query.shape[2];

        public int Length { get; } = (int)bucket.Length;

        public long Documents { get; } = bucket.Count;

        public int HeadsOfGroup => AllHeads / Groups;

        public float Scale => scale;

        public (long First, int Group) Place(long at) =>
            (bucket.Start + at / Groups * bucket.Length, (int)(at % Groups));
    }
}
