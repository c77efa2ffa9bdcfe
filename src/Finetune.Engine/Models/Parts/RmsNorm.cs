using Finetune.Engine.Models.Parts.Fused;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Root-mean-square norm (Zhang and Sennrich 2019), <c>x / sqrt(mean(x^2) + epsilon)</c> in float32. As Transformers
/// does, the result is rounded to the input's numbers before the weight; Gemma's norm multiplies by one plus the weight
/// and rounds after it.
/// </summary>
public sealed class RmsNorm : Norm
{
    private readonly double _epsilon;

    /// <summary>Makes a norm without values.</summary>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="fromOne">Whether the factor is one plus the weight.</param>
    /// <param name="at">Where.</param>
    /// <param name="shape">The weight's.</param>
    public RmsNorm(double epsilon, bool fromOne, Placement at, params long[] shape)
        : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        FromOne = fromOne;
        Weight = at.New(shape);
        register_parameter("weight", Weight);
    }

    /// <summary><c>[width]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>Whether the factor is one plus the weight, so that a weight of 0 changes nothing.</summary>
    public bool FromOne { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        if (Operation.Takes(x) && x.dtype == Weight.dtype)
        {
            return new FusedRmsNorm(_epsilon, FromOne).Run(x, Weight);
        }

        using var scope = NewDisposeScope();
        var wide = x.to(ScalarType.Float32);
        var normed = wide * (wide.square().mean([-1], keepdim: true) + _epsilon).rsqrt();
        var scaled = FromOne ? (normed * (1 + Weight.to(ScalarType.Float32))).to(x.dtype) : Weight * normed.to(x.dtype);
        return scaled.MoveToOuterDisposeScope();
    }
}
