using Finetune.Engine.Native;
using Finetune.Engine.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// A low-rank addition to a linear layer: <c>scale * B A x</c> (LoRA, Hu et al. 2021; rsLoRA, Kalajdzievski 2023). With
/// a magnitude it is DoRA (Liu et al. 2024): <c>m / |W + scale B A| * (W + scale B A) x</c>, the norm of each output's
/// row taken as a constant in the gradient.
/// </summary>
/// <param name="down">A, <c>[rank, inputs]</c>.</param>
/// <param name="up">B, <c>[outputs, rank]</c>.</param>
/// <param name="magnitude">m, <c>[outputs]</c>; null without.</param>
/// <param name="alpha">Scale before the rank's share.</param>
/// <param name="rankStabilized">Divides alpha by the root of the rank instead of the rank.</param>
/// <param name="dropout">Share of inputs dropped in training.</param>
public sealed class LowRank(
    Parameter down,
    Parameter up,
    Parameter? magnitude,
    double alpha,
    bool rankStabilized,
    double dropout
) : IDisposable
{
    /// <summary>A.</summary>
    public Parameter Down { get; } = down;

    /// <summary>B.</summary>
    public Parameter Up { get; } = up;

    /// <summary>m, or null.</summary>
    public Parameter? Magnitude { get; } = magnitude;

    /// <summary>Scale before the rank's share.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>Whether alpha is divided by the root of the rank.</summary>
    public bool RankStabilized { get; } = rankStabilized;

    /// <summary>Share of inputs dropped in training.</summary>
    public double Dropout { get; } = dropout;

    /// <summary>Rows of A.</summary>
    public int Rank => (int)Down.shape[0];

    /// <summary>The factor.</summary>
    public double Scale => Alpha / (RankStabilized ? Math.Sqrt(Rank) : Rank);

    /// <summary>Another of the same shape and scale, without values.</summary>
    internal LowRank Like()
    {
        var at = new Placement(Down.dtype, Down.device);
        return new LowRank(
            at.New(Down.shape),
            at.New(Up.shape),
            Magnitude is null ? null : at.New(Magnitude.shape),
            Alpha,
            RankStabilized,
            Dropout
        );
    }

    /// <summary>The addition, in the layer's numbers: <c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    /// <param name="x">The layer's input.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="training">Whether inputs are dropped.</param>
    public Tensor Forward(Tensor x, Linear layer, bool training)
    {
        using var scope = NewDisposeScope();
        var input = x.dtype == Down.dtype ? x : x.to(Down.dtype);
        if (training && Dropout > 0)
        {
            input = nn.functional.dropout(input, Dropout, training: true);
        }

        var low = nn.functional.linear(input, Down);
        var addition = nn.functional.linear(low, Up).Times(Scale);
        if (Magnitude is not null)
        {
            var share = Magnitude / RowNorms(layer);
            var plain = layer.Product(input.dtype == x.dtype ? input : input.to(x.dtype)).to(Down.dtype);
            addition = (share - 1) * plain + share * addition;
        }

        return (addition.dtype == x.dtype ? addition : addition.to(x.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>The layer's weight with this merged in, float32, <c>[outputs, inputs]</c>.</summary>
    public Tensor Merged(Linear layer)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var sum = Sum(layer);
        return (Magnitude is null ? sum : sum * (Magnitude / RowNorms(layer)).unsqueeze(1)).MoveToOuterDisposeScope();
    }

    /// <summary>Length of each row of <c>W + scale B A</c>, without gradient: <c>[outputs]</c>.</summary>
    public Tensor RowNorms(Linear layer)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return layer.Frozen is null
            ? Sum(layer).norm(1).MoveToOuterDisposeScope()
            : cat([.. FrozenNorms(layer.Frozen)]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Down.Dispose();
        Up.Dispose();
        Magnitude?.Dispose();
    }

    private Tensor Sum(Linear layer)
    {
        var delta = Up.to(ScalarType.Float32).matmul(Down.to(ScalarType.Float32)) * Scale;
        return layer.Values() + delta;
    }

    // A stretch of rows at a time, so that the whole weight never exists.
    private IEnumerable<Tensor> FrozenNorms(QuantizedMatrix weight)
    {
        foreach (var (first, values) in FrozenProduct.Stretches(weight))
        {
            using var scope = NewDisposeScope();
            var delta = Up.narrow(0, first, values.shape[0]).matmul(Down) * Scale;
            yield return (values.to(delta.device) + delta).norm(1).MoveToOuterDisposeScope();
        }
    }
}
