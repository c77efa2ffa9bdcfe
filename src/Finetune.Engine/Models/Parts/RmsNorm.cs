using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Root-mean-square norm (Zhang and Sennrich 2019), <c>x / sqrt(mean(x^2) + epsilon)</c> in float32, rounded to the
/// input's numbers before the weight, as Transformers does.
/// </summary>
public sealed class RmsNorm : Part
{
    private readonly double _epsilon;

    /// <summary>Makes a norm without values.</summary>
    /// <param name="width">Width of a row.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="at">Where.</param>
    public RmsNorm(int width, double epsilon, Placement at)
        : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        Weight = at.New(width);
        register_parameter("weight", Weight);
    }

    /// <summary><c>[width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Norms the last dimension.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var normed = wide * (wide.square().mean([-1], keepdim: true) + _epsilon).rsqrt();
        return (Weight * normed.to(x.dtype)).MoveToOuterDisposeScope();
    }
}
