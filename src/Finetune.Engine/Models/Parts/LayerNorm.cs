using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Layer norm (Ba et al. 2016), <c>(x - mean) / sqrt(variance + epsilon)</c> in float32, times the weight and plus the
/// bias where there are such.
/// </summary>
public sealed class LayerNorm : Norm
{
    private readonly double _epsilon;
    private readonly Parameter? _bias;

    /// <summary>Makes a norm without values.</summary>
    /// <param name="kind">Which parameters it has.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="at">Where.</param>
    /// <param name="shape">The weight's; the last dimension is the one that is normed.</param>
    public LayerNorm(NormKind kind, double epsilon, Placement at, params long[] shape)
        : base(nameof(LayerNorm))
    {
        _epsilon = epsilon;
        if (kind != NormKind.LayerPlain)
        {
            Weight = at.New(shape);
            register_parameter("weight", Weight);
        }

        if (kind == NormKind.Layer)
        {
            _bias = at.New(shape);
            register_parameter("bias", _bias);
        }
    }

    /// <summary>The factor, or null.</summary>
    public Parameter? Weight { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var normed = nn.functional.layer_norm(x.to(ScalarType.Float32), [x.shape[^1]], eps: _epsilon);
        if (Weight is not null)
        {
            normed = normed * Weight.to(ScalarType.Float32);
        }

        if (_bias is not null)
        {
            normed = normed + _bias.to(ScalarType.Float32);
        }

        return normed.to(x.dtype).MoveToOuterDisposeScope();
    }
}
