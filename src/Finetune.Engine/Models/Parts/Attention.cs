using Finetune.Engine.Models.Parts.Fused;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Causal self-attention. Projections see all tokens as one matrix; scores stay within a document.
/// </summary>
public sealed class Attention : Part
{
    private readonly Projections _projections;
    private readonly Scores _scores;
    private readonly Linear _output;
    private readonly Norm? _queryNorm;
    private readonly Norm? _keyNorm;
    private readonly DecoderOptions _options;
    private readonly int _layer;

    /// <summary>Makes a layer's attention without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="layer">Index of the layer, for caches.</param>
    /// <param name="at">Where.</param>
    public Attention(DecoderOptions options, int layer, Placement at)
        : base(nameof(Attention))
    {
        _options = options;
        _layer = layer;
        _scores = new Scores(options, layer);
        _projections = new Projections(options, (name, linear) => Add(name, linear), at);
        _output = Add(
            options.Names.Output,
            new Linear(options.Heads * options.HeadSize, options.HiddenSize, options.OutputBias, at, options.Transposed)
        );
        if (options.QueryKeyNorm != QueryKeyNorm.None)
        {
            _queryNorm = Add(options.Names.QueryNorm, HeadNorm(options.Heads, at));
            _keyNorm = Add(options.Names.KeyNorm, HeadNorm(options.KeyValueHeads, at));
        }
    }

    /// <summary><c>[tokens, hidden]</c> to the same, or to <c>[rows, hidden]</c>.</summary>
    /// <param name="x">The states.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="wanted"><c>[rows]</c> int64: the tokens whose result is wanted; null for all.</param>
    public Tensor Forward(Operand x, Pass pass, Tensor? wanted = null)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = _projections.Forward(x);
        (query, key) = (Normed(query, _queryNorm), Normed(key, _keyNorm));
        if (pass.Rotations[_layer] is { } rotation)
        {
            (query, key) = (rotation.Apply(query), rotation.Apply(key));
        }

        return _output.Forward(Batch.Pick(Mixed(query, key, value, pass), wanted)).MoveToOuterDisposeScope();
    }

    private Tensor Mixed(Tensor query, Tensor key, Tensor value, Pass pass)
    {
        if (pass.Caches is null && Operation.Takes(query) && _scores.PlainFactor(pass.Layout) is { } factor)
        {
            return FusedAttention.Of(pass.Layout.Buckets, factor).Run(query, key, value);
        }

        using var scope = NewDisposeScope();
        var mixed = pass
            .Layout.Buckets.Select(
                (bucket, document) =>
                    pass.Caches is { } caches
                        ? Cached(query, key, value, bucket, caches[document], pass.Sights?[document])
                        : Plain(query, key, value, bucket)
            )
            .ToArray();
        return (mixed.Length == 1 ? mixed[0] : cat(mixed, 0)).MoveToOuterDisposeScope();
    }

    private Tensor Plain(Tensor query, Tensor key, Tensor value, DocumentLayout.Bucket bucket)
    {
        using var scope = NewDisposeScope();
        Tensor Documents(Tensor heads) =>
            heads
                .narrow(0, bucket.Start, bucket.Count * bucket.Length)
                .view(bucket.Count, bucket.Length, heads.shape[1], heads.shape[2])
                .transpose(1, 2);
        return Rows(_scores.Mix(Documents(query), Documents(key), Documents(value))).MoveToOuterDisposeScope();
    }

    private Tensor Cached(
        Tensor query,
        Tensor key,
        Tensor value,
        DocumentLayout.Bucket bucket,
        KeyValueCache cache,
        Tensor? sight
    )
    {
        using var scope = NewDisposeScope();
        Tensor Heads(Tensor heads) => heads.narrow(0, bucket.Start, bucket.Length).transpose(0, 1);
        var (keys, values) = cache.Append(_layer, Heads(key), Heads(value));
        var mixed = _scores.Mix(Heads(query).unsqueeze(0), keys.unsqueeze(0), values.unsqueeze(0), sight);
        return Rows(mixed).MoveToOuterDisposeScope();
    }

    private Norm HeadNorm(int heads, Placement at) =>
        _options.QueryKeyNorm switch
        {
            QueryKeyNorm.Whole => Norm.Of(_options.Norm, _options.NormEpsilon, at, heads * _options.HeadSize),
            QueryKeyNorm.Apart => new HeadNorms(heads, _options.HeadSize, _options.NormEpsilon, at),
            QueryKeyNorm.EachHead => Norm.Of(_options.Norm, _options.NormEpsilon, at, heads, _options.HeadSize),
            _ => Norm.Of(_options.Norm, _options.NormEpsilon, at, _options.HeadSize),
        };

    private Tensor Normed(Tensor heads, Norm? norm) =>
        norm is null ? heads
        : _options.QueryKeyNorm == QueryKeyNorm.Whole ? norm.Forward(heads.flatten(1)).view(heads.shape)
        : norm.Forward(heads);

    private static Tensor Rows(Tensor mixed) =>
        mixed.transpose(1, 2).reshape(mixed.shape[0] * mixed.shape[2], mixed.shape[1] * mixed.shape[3]);
}
