using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Who looks at whom, and how much: a layer's attention over heads, causal within a document.</summary>
internal sealed class Scores
{
    private readonly DecoderOptions _options;
    private readonly int? _window;
    private readonly double _scale;
    private readonly double _usualScale;

    /// <summary>Of a layer.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="layer">Index of the layer.</param>
    public Scores(DecoderOptions options, int layer)
    {
        _options = options;
        _window = options.Windows.Count > layer ? options.Windows[layer] : null;
        _usualScale = 1 / Math.Sqrt(options.HeadSize);
        _scale = (options.ScoreScale ?? _usualScale) / (options.ScaleByInverseLayer ? layer + 1 : 1);
    }

    /// <summary>What queries are multiplied by before the usual scale; null where attention among the tokens of each
    /// document is not plainly causal.</summary>
    /// <param name="layout">The documents.</param>
    public double? PlainFactor(DocumentLayout layout) =>
        _options.ScoreCap is null
        && _options.Alibi == AlibiKind.None
        && layout.Buckets.All(bucket => _window is not { } window || bucket.Length <= window)
            ? _scale / _usualScale
            : null;

    /// <summary>Values mixed by scores, <c>[n, heads, queries, head size]</c>.</summary>
    /// <param name="query"><c>[n, heads, queries, head size]</c>: the last of the keys' tokens.</param>
    /// <param name="key"><c>[n, key-value heads, keys, head size]</c>.</param>
    /// <param name="value">The same shape.</param>
    /// <param name="sight">Who sees whom among the queries' own tokens, <c>[queries, queries]</c> bool; null for plain
    /// causality.</param>
    public Tensor Mix(Tensor query, Tensor key, Tensor value, Tensor? sight = null)
    {
        using var scope = NewDisposeScope();
        var before = key.shape[2] - query.shape[2];
        var visible = sight is null
            ? Visible(query.shape[2], key.shape[2], query.device)
            : cat([ones([query.shape[2], before], ScalarType.Bool, query.device), sight], 1);
        (key, value) = (Repeat(key), Repeat(value));
        if (_options.ScoreCap is { } cap)
        {
            return Capped(query, key, value, visible, cap).MoveToOuterDisposeScope();
        }

        var mask = _options.Alibi == AlibiKind.None ? visible : Distances(query, key.shape[2], visible);
        return nn
            .functional.scaled_dot_product_attention(
                _scale == _usualScale ? query : query * (_scale / _usualScale),
                key,
                value,
                mask,
                is_casual: mask is null && query.shape[2] > 1
            )
            .MoveToOuterDisposeScope();
    }

    // Scores bent before the mask, softmax in float32 (Gemma 2's eager attention).
    private Tensor Capped(Tensor query, Tensor key, Tensor value, Tensor? visible, double cap)
    {
        var scores = query.matmul(key.transpose(2, 3)) * _scale;
        scores = (scores / cap).tanh() * cap;
        var seen = visible ?? Triangle(query.shape[2], key.shape[2], query.device);
        scores = scores.masked_fill(seen.logical_not(), double.NegativeInfinity);
        return nn.functional.softmax(scores, -1, ScalarType.Float32).to(query.dtype).matmul(value);
    }

    /// <summary>
    /// Who sees whom where that is not plain causality among the same tokens: the last <paramref name="queries"/> of
    /// <paramref name="keys"/> tokens see earlier ones and themselves, back to the window's edge. Null where plain.
    /// </summary>
    private Tensor? Visible(long queries, long keys, Device device)
    {
        var before = keys - queries;
        var cut = _window is { } window && keys > window;
        return (before == 0 || queries == 1) && !cut ? null
            : cut ? Triangle(queries, keys, device).triu(before - _window!.Value + 1)
            : Triangle(queries, keys, device);
    }

    private static Tensor Triangle(long queries, long keys, Device device) =>
        ones([queries, keys], ScalarType.Bool, device).tril(keys - queries);

    // ALiBi (Press et al. 2022): slope times the key's position, which differs from the distance by the same number in
    // a whole row, so that the softmax does not see it.
    private Tensor Distances(Tensor query, long keys, Tensor? visible)
    {
        var device = query.device;
        using var noGrad = no_grad();
        var slopes = tensor(Alibi.Slopes(_options.Heads), device: device).unsqueeze(1);
        var positions = arange(keys, ScalarType.Float32, device).unsqueeze(0);
        var bias =
            _options.Alibi == AlibiKind.Scaled
                ? slopes * positions
                : (slopes.to(ScalarType.BFloat16) * positions.to(ScalarType.BFloat16)).to(ScalarType.Float32) * _scale;
        var seen = visible ?? Triangle(query.shape[2], keys, device);
        return bias.view(1, _options.Heads, 1, keys)
            .masked_fill(seen.logical_not(), double.NegativeInfinity)
            .to(query.dtype);
    }

    /// <summary>Gives each query head its group's keys: <c>[n, key-value heads, t, d]</c> to <c>[n, heads, t, d]</c>.</summary>
    private Tensor Repeat(Tensor heads)
    {
        var group = _options.Heads / _options.KeyValueHeads;
        var (n, t, d) = (heads.shape[0], heads.shape[2], heads.shape[3]);
        return group == 1
            ? heads
            : heads.unsqueeze(2).expand(n, _options.KeyValueHeads, group, t, d).reshape(n, _options.Heads, t, d);
    }
}
