using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Causal self-attention with rotary positions and grouped key-value heads. Projections see all tokens as one matrix;
/// scores stay within a document.
/// </summary>
public sealed class Attention : Part
{
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly RmsNorm? _queryNorm;
    private readonly RmsNorm? _keyNorm;
    private readonly DecoderOptions _options;
    private readonly int _layer;
    private readonly int? _window;

    /// <summary>Makes a layer's attention without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="layer">Index of the layer, for caches.</param>
    /// <param name="at">Where.</param>
    public Attention(DecoderOptions options, int layer, Placement at)
        : base(nameof(Attention))
    {
        _options = options;
        _layer = layer;
        _window = options.Windows.Count > layer ? options.Windows[layer] : null;
        var queries = options.Heads * options.HeadSize;
        var keys = options.KeyValueHeads * options.HeadSize;
        _query = new Linear(options.HiddenSize, queries, options.QueryKeyValueBias, at);
        _key = new Linear(options.HiddenSize, keys, options.QueryKeyValueBias, at);
        _value = new Linear(options.HiddenSize, keys, options.QueryKeyValueBias, at);
        _output = new Linear(queries, options.HiddenSize, options.OutputBias, at);
        register_module("q_proj", _query);
        register_module("k_proj", _key);
        register_module("v_proj", _value);
        register_module("o_proj", _output);
        if (options.QueryKeyNorm)
        {
            _queryNorm = new RmsNorm(options.HeadSize, options.NormEpsilon, at);
            _keyNorm = new RmsNorm(options.HeadSize, options.NormEpsilon, at);
            register_module("q_norm", _queryNorm);
            register_module("k_norm", _keyNorm);
        }
    }

    /// <summary><c>[tokens, hidden]</c> to the same.</summary>
    public Tensor Forward(Tensor x, Pass pass)
    {
        using var scope = NewDisposeScope();
        var query = pass.Rotation.Apply(
            Normed(_query.Forward(x).view(-1, _options.Heads, _options.HeadSize), _queryNorm)
        );
        var key = pass.Rotation.Apply(
            Normed(_key.Forward(x).view(-1, _options.KeyValueHeads, _options.HeadSize), _keyNorm)
        );
        var value = _value.Forward(x).view(-1, _options.KeyValueHeads, _options.HeadSize);
        var mixed = pass
            .Layout.Buckets.Select(
                (bucket, document) =>
                    pass.Caches is { } caches
                        ? Cached(query, key, value, bucket, caches[document])
                        : Plain(query, key, value, bucket)
            )
            .ToArray();
        var rows = mixed.Length == 1 ? mixed[0] : cat(mixed, 0);
        return _output.Forward(rows).MoveToOuterDisposeScope();
    }

    private Tensor Plain(Tensor query, Tensor key, Tensor value, DocumentLayout.Bucket bucket)
    {
        using var scope = NewDisposeScope();
        Tensor Documents(Tensor heads) =>
            heads
                .narrow(0, bucket.Start, bucket.Count * bucket.Length)
                .view(bucket.Count, bucket.Length, heads.shape[1], heads.shape[2])
                .transpose(1, 2);
        var mask = Mask(bucket.Length, bucket.Length, query.device);
        var mixed = nn.functional.scaled_dot_product_attention(
            Documents(query),
            Repeat(Documents(key)),
            Repeat(Documents(value)),
            mask,
            is_casual: mask is null && bucket.Length > 1
        );
        return Rows(mixed).MoveToOuterDisposeScope();
    }

    private Tensor Cached(Tensor query, Tensor key, Tensor value, DocumentLayout.Bucket bucket, KeyValueCache cache)
    {
        using var scope = NewDisposeScope();
        Tensor Heads(Tensor heads) => heads.narrow(0, bucket.Start, bucket.Length).transpose(0, 1);
        var (keys, values) = cache.Append(_layer, Heads(key), Heads(value));
        var mask = Mask(bucket.Length, keys.shape[1], query.device);
        var mixed = nn.functional.scaled_dot_product_attention(
            Heads(query).unsqueeze(0),
            Repeat(keys.unsqueeze(0)),
            Repeat(values.unsqueeze(0)),
            mask,
            is_casual: mask is null && bucket.Length > 1
        );
        return Rows(mixed).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Who sees whom where that is not plain causality among the same tokens: the last <paramref name="queries"/> of
    /// <paramref name="keys"/> tokens see earlier ones and themselves, back to the window's edge. Null where plain.
    /// </summary>
    private Tensor? Mask(long queries, long keys, Device device)
    {
        var before = keys - queries;
        var cut = _window is { } window && keys > window;
        return (before == 0 || queries == 1) && !cut ? null
            : cut ? ones([queries, keys], ScalarType.Bool, device).tril(before).triu(before - _window!.Value + 1)
            : ones([queries, keys], ScalarType.Bool, device).tril(before);
    }

    private static Tensor Normed(Tensor heads, RmsNorm? norm) => norm is null ? heads : norm.Forward(heads);

    /// <summary>Gives each query head its group's keys: <c>[n, key-value heads, t, d]</c> to <c>[n, heads, t, d]</c>.</summary>
    private Tensor Repeat(Tensor heads)
    {
        var group = _options.Heads / _options.KeyValueHeads;
        var (n, t, d) = (heads.shape[0], heads.shape[2], heads.shape[3]);
        return group == 1
            ? heads
            : heads.unsqueeze(2).expand(n, _options.KeyValueHeads, group, t, d).reshape(n, _options.Heads, t, d);
    }

    private static Tensor Rows(Tensor mixed) =>
        mixed.transpose(1, 2).reshape(mixed.shape[0] * mixed.shape[2], mixed.shape[1] * mixed.shape[3]);
}
