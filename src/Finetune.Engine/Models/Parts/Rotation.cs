using Finetune.Engine.Models.Parts.Fused;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Cosines and sines of a batch's positions, made once a pass and shared by its layers.</summary>
/// <param name="Rope">The settings.</param>
/// <param name="Cos"><c>[tokens, 1, dimensions]</c>, in the model's numbers.</param>
/// <param name="Sin">The same shape.</param>
public sealed record Rotation(RopeOptions Rope, Tensor Cos, Tensor Sin)
{
    /// <summary>Angles are made in float32, as frequency times position, and repeated for both values of a pair.</summary>
    /// <param name="rope">The settings.</param>
    /// <param name="positions"><c>[tokens]</c> int64.</param>
    /// <param name="inverseFrequencies"><c>[dimensions / 2]</c>, or <c>[tokens, dimensions / 2]</c>, float32.</param>
    /// <param name="type">The model's numbers.</param>
    public static Rotation Of(RopeOptions rope, Tensor positions, Tensor inverseFrequencies, ScalarType type)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var half = positions.to(ScalarType.Float32).unsqueeze(1) * inverseFrequencies;
        var angles = (rope.Interleaved ? half.repeat_interleave(2, 1) : cat([half, half], 1)).unsqueeze(1);
        return new Rotation(rope, Table(angles.cos()), Table(angles.sin()));

        Tensor Table(Tensor values) =>
            (rope.AttentionFactor == 1 ? values : values * (float)rope.AttentionFactor)
                .to(type)
                .MoveToOuterDisposeScope();
    }

    /// <summary>Turns the leading values of each head: <c>[tokens, heads, head size]</c>.</summary>
    public Tensor Apply(Tensor x)
    {
        if (!Rope.Interleaved && Operation.Takes(x) && x.dtype == Cos.dtype)
        {
            return new FusedRotation(Rope.Dimensions).Run(x, Cos, Sin);
        }

        using var scope = NewDisposeScope();
        var rest = x.shape[^1] - Rope.Dimensions;
        var turning = rest == 0 ? x : x.narrow(-1, 0, Rope.Dimensions);
        var turned = turning * Cos + Partner(turning) * Sin;
        return (rest == 0 ? turned : cat([turned, x.narrow(-1, Rope.Dimensions, rest)], -1)).MoveToOuterDisposeScope();
    }

    private Tensor Partner(Tensor x)
    {
        if (Rope.Interleaved)
        {
            var pairs = x.reshape([.. x.shape[..^1], Rope.Dimensions / 2, 2]);
            return cat([-pairs.narrow(-1, 1, 1), pairs.narrow(-1, 0, 1)], -1).reshape(x.shape);
        }

        var half = Rope.Dimensions / 2;
        return cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1);
    }
}
