using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Sparse mixture of experts: shares are a softmax over all experts in float32, of which the largest few are kept
/// (Jiang et al. 2024). No auxiliary loss.
/// </summary>
public sealed class Mixture : FeedForward
{
    private readonly ExpertOptions _options;
    private readonly Linear _router;
    private readonly ModuleList<GatedMlp> _experts;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="experts">The mixture's.</param>
    /// <param name="at">Where.</param>
    public Mixture(DecoderOptions options, ExpertOptions experts, Placement at)
        : base(nameof(Mixture))
    {
        _options = experts;
        _router = Add(experts.Router, new Linear(options.HiddenSize, experts.Count, false, at.Whole));
        _experts = nn.ModuleList(
            Enumerable
                .Range(0, experts.Count)
                .Select(_ => new GatedMlp(options, experts.Names, experts.Width, at))
                .ToArray()
        );
        register_module("experts", _experts);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Operand x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        var shares = nn.functional.softmax(_router.Forward(x), 1, ScalarType.Float32);
        var (kept, chosen) = shares.topk(_options.Chosen, 1);
        if (_options.Normalized)
        {
            kept = kept / kept.sum(1, keepdim: true);
        }

        var values = x.Values;
        kept = kept.to(values.dtype);
        var sum = zeros_like(values);
        for (var e = 0; e < _options.Count; e++)
        {
            var places = chosen.eq(e).nonzero();
            if (places.shape[0] == 0)
            {
                continue;
            }

            var tokens = places.select(1, 0);
            var share = kept.index(TensorIndex.Tensor(tokens), TensorIndex.Tensor(places.select(1, 1))).unsqueeze(1);
            var rows = Operand.Of(values.index_select(0, tokens));
            sum = sum.index_add(0, tokens, _experts[e].Forward(rows) * share, 1);
        }

        return sum.MoveToOuterDisposeScope();
    }
}
