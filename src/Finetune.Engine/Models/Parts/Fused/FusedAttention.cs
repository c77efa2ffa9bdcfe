using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Causal attention of all documents of a pass, by matrix products or by a kernel for narrow heads, in float32 whatever the
/// tensors hold. Kept are queries, keys and values, the result, and a number a query and head. Gradients are written where
/// they belong, so that nothing is filled with zeros and added up.
/// </summary>
/// <param name="buckets">Documents of equal length that lie end to end.</param>
/// <param name="factor">Scores are multiplied by it; 1 is the usual scale, one over the root of the head's size.</param>
internal sealed class FusedAttention(IReadOnlyList<DocumentLayout.Bucket> buckets, double factor) : Operation
{
    private Tensor _query = null!;
    private Tensor _key = null!;
    private Tensor _value = null!;
    private Tensor _result = null!;
    private Tensor _logSums = null!;
    private ProductAttention _products = null!;

    /// <summary>The one that is to be used here.</summary>
    /// <param name="buckets">Documents of equal length that lie end to end.</param>
    /// <param name="factor">Scores are multiplied by it.</param>
    public static Operation Of(IReadOnlyList<DocumentLayout.Bucket> buckets, double factor) =>
        SmallProduct.IsThere ? new FusedAttention(buckets, factor) : new FlashBuckets(buckets, factor);

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        (_query, _key, _value) = (Keep(inputs[0]), Keep(inputs[1]), Keep(inputs[2]));
        var (tokens, heads, size) = (_query.shape[0], _query.shape[1], _query.shape[2]);
        _logSums = Keep(empty([tokens, heads], ScalarType.Float32));
        if (IsNarrow)
        {
            _result = Keep(empty(_query.shape, _query.dtype));
            foreach (var bucket in buckets)
            {
                NarrowAttention.Forward(_query, _key, _value, _result, _logSums, Scale, bucket);
            }
        }
        else
        {
            var mixed = empty(_query.shape, ScalarType.Float32);
            _products = new ProductAttention(buckets, Scale);
            _products.Forward(Wide(_query), Wide(_key), Wide(_value), mixed, _logSums);
            _result = Keep(mixed.to(_query.dtype));
        }

        return _result.view(tokens, heads * size);
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        var given = (gradient.stride(-1) == 1 ? gradient : gradient.contiguous()).view(_query.shape);
        if (IsNarrow)
        {
            var into = (Like(_query), Like(_key), Like(_value));
            foreach (var bucket in buckets)
            {
                NarrowAttention.Backward(given, _query, _key, _value, _result, _logSums, Scale, into, bucket);
            }

            return [into.Item1, into.Item2, into.Item3];
        }

        var (ofQuery, ofKey, ofValue) = (Full(), Full(), Full());
        _products.Backward(
            Wide(given),
            Wide(_query),
            Wide(_key),
            Wide(_value),
            Wide(_result),
            _logSums,
            ofQuery,
            ofKey,
            ofValue
        );
        return [ofQuery.to(_query.dtype), Summed(ofKey), Summed(ofValue)];
    }

    private bool IsNarrow =>
        NarrowAttention.Takes(_query) && NarrowAttention.Takes(_key) && NarrowAttention.Takes(_value);

    private float Scale => (float)(factor / Math.Sqrt(_query.shape[2]));

    // A value for each of the query's heads.
    private Tensor Full() => empty(_query.shape, ScalarType.Float32);

    // Of a group's heads, which share their keys.
    private Tensor Summed(Tensor gradient)
    {
        var (tokens, groups, size) = (_key.shape[0], _key.shape[1], _key.shape[2]);
        var heads = gradient.shape[1];
        var sum = groups == heads ? gradient : gradient.view(tokens, groups, heads / groups, size).sum([2L]);
        return sum.to(_key.dtype);
    }

    private static Tensor Like(Tensor heads) => empty(heads.shape, heads.dtype);

    // In float32, values of a head side by side.
    private static Tensor Wide(Tensor heads)
    {
        var wide = heads.to(ScalarType.Float32);
        return wide.stride(2) == 1 ? wide : wide.contiguous();
    }
}
