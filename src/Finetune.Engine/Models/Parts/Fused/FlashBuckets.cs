using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Causal attention of all documents of a pass, by ATen's flash kernel a bucket, for where libtorch does not show its matrix
/// products. Kept are queries, keys and values once (a group's keys are repeated again for the gradient), the result, and a
/// number a query and head. Gradients are written where they belong, so that nothing is filled with zeros and added up.
/// </summary>
/// <param name="buckets">Documents of equal length that lie end to end.</param>
/// <param name="factor">Queries are multiplied by it; 1 is the usual scale, one over the root of the head's size.</param>
internal sealed class FlashBuckets(IReadOnlyList<DocumentLayout.Bucket> buckets, double factor) : Operation
{
    private readonly List<Tensor> _sums = [];
    private Tensor _query = null!;
    private Tensor _key = null!;
    private Tensor _value = null!;
    private Tensor _result = null!;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        (_query, _key, _value) = (Keep(Scaled(inputs[0])), Keep(inputs[1]), Keep(inputs[2]));
        var (heads, size) = (_query.shape[1], _query.shape[2]);
        var result = empty([_query.shape[0], heads * size], _query.dtype, _query.device);
        foreach (var bucket in buckets)
        {
            using var scope = NewDisposeScope();
            var (mixed, sums) = FlashAttention.Forward(
                Documents(_query, bucket),
                Documents(_key, bucket, heads),
                Documents(_value, bucket, heads)
            );
            _sums.Add(Keep(sums));
            Documents(result.view(_query.shape), bucket).copy_(mixed);
        }

        _result = Keep(result);
        return result;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        var given = (gradient.stride(-1) == 1 ? gradient : gradient.contiguous()).view(_query.shape);
        var result = _result.view(_query.shape);
        var (ofQuery, ofKey, ofValue) = (Like(_query), Like(_key), Like(_value));
        for (var b = 0; b < buckets.Count; b++)
        {
            using var scope = NewDisposeScope();
            var (bucket, heads) = (buckets[b], _query.shape[1]);
            var (query, key, value) = FlashAttention.Backward(
                Documents(given, bucket),
                Documents(_query, bucket),
                Documents(_key, bucket, heads),
                Documents(_value, bucket, heads),
                Documents(result, bucket),
                _sums[b]
            );
            Documents(ofQuery, bucket).copy_(query);
            Documents(ofKey, bucket).copy_(Summed(key, _key.shape[1]));
            Documents(ofValue, bucket).copy_(Summed(value, _value.shape[1]));
        }

        return [factor == 1 ? ofQuery : ofQuery.TimesInPlace(factor), ofKey, ofValue];
    }

    private Tensor Scaled(Tensor query) => factor == 1 ? query : query.detach().Times(factor);

    private static Tensor Like(Tensor heads) => empty(heads.shape, heads.dtype, heads.device);

    // [tokens, heads, size] to the bucket's [documents, heads, length, size]
    private static Tensor Documents(Tensor heads, DocumentLayout.Bucket bucket) =>
        heads
            .narrow(0, bucket.Start, bucket.Count * bucket.Length)
            .view(bucket.Count, bucket.Length, heads.shape[1], heads.shape[2])
            .transpose(1, 2);

    private static Tensor Documents(Tensor keys, DocumentLayout.Bucket bucket, long heads)
    {
        var documents = Documents(keys, bucket);
        var (groups, length, size) = (keys.shape[1], bucket.Length, keys.shape[2]);
        return groups == heads
            ? documents
            : documents
                .unsqueeze(2)
                .expand(bucket.Count, groups, heads / groups, length, size)
                .reshape(bucket.Count, heads, length, size);
    }

    private static Tensor Summed(Tensor gradient, long groups)
    {
        var (count, heads, length, size) = (gradient.shape[0], gradient.shape[1], gradient.shape[2], gradient.shape[3]);
        return groups == heads ? gradient : gradient.reshape(count, groups, heads / groups, length, size).sum([2L]);
    }
}
