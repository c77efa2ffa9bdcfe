using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Cosines and sines of a batch's positions, made once a pass and shared by its layers.</summary>
/// <param name="Cos"><c>[tokens, 1, head size]</c>, in the model's numbers.</param>
/// <param name="Sin">The same shape.</param>
public sealed record Rotation(Tensor Cos, Tensor Sin)
{
    /// <summary>Angles are made in float32, as frequency times position, and repeated for both halves.</summary>
    /// <param name="positions"><c>[tokens]</c> int64.</param>
    /// <param name="inverseFrequencies"><c>[head size / 2]</c> float32.</param>
    /// <param name="type">The model's numbers.</param>
    public static Rotation Of(Tensor positions, Tensor inverseFrequencies, ScalarType type)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var half = positions.to(ScalarType.Float32).unsqueeze(1) * inverseFrequencies.unsqueeze(0);
        var angles = cat([half, half], 1).unsqueeze(1);
        return new Rotation(
            angles.cos().to(type).MoveToOuterDisposeScope(),
            angles.sin().to(type).MoveToOuterDisposeScope()
        );
    }

    /// <summary>Turns <c>x[i]</c> and <c>x[i + d/2]</c> as a pair: <c>[tokens, heads, head size]</c>.</summary>
    public Tensor Apply(Tensor x)
    {
        using var scope = NewDisposeScope();
        var half = x.shape[^1] / 2;
        var turned = cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
        return (x * Cos + turned * Sin).MoveToOuterDisposeScope();
    }
}
