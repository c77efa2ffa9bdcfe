using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>The norms that families use.</summary>
public enum NormKind
{
    /// <summary>Root mean square.</summary>
    Rms,

    /// <summary>Root mean square, times one plus the weight.</summary>
    RmsFromOne,

    /// <summary>Mean and variance, with weight and bias.</summary>
    Layer,

    /// <summary>Mean and variance, with a weight only.</summary>
    LayerWithoutBias,

    /// <summary>Mean and variance, without parameters.</summary>
    LayerPlain,
}

/// <summary>A norm of the last dimension.</summary>
/// <param name="name">For messages.</param>
public abstract class Norm(string name) : Part(name)
{
    /// <summary>Makes one without values.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="epsilon">Added to the mean square or the variance.</param>
    /// <param name="at">Where.</param>
    /// <param name="shape">The weight's; the last dimension is the one that is normed.</param>
    public static Norm Of(NormKind kind, double epsilon, Placement at, params long[] shape) =>
        kind switch
        {
            NormKind.Rms => new RmsNorm(epsilon, false, at, shape),
            NormKind.RmsFromOne => new RmsNorm(epsilon, true, at, shape),
            _ => new LayerNorm(kind, epsilon, at, shape),
        };

    /// <summary>Norms the last dimension.</summary>
    public abstract Tensor Forward(Tensor x);

    /// <summary>The same, for products to read: a norm takes little to make again, and keeps what it is made of.</summary>
    public Operand Read(Tensor x) => Operand.Made(from => Forward(from[0]), x);
}
