using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// A low-rank addition to a linear layer: <c>scale * B A x</c> (LoRA, Hu et al. 2021; rsLoRA, Kalajdzievski 2023).
/// </summary>
/// <param name="down">A, <c>[rank, inputs]</c>.</param>
/// <param name="up">B, <c>[outputs, rank]</c>.</param>
/// <param name="alpha">Scale before the rank's share.</param>
/// <param name="rankStabilized">Divides alpha by the root of the rank instead of the rank.</param>
/// <param name="dropout">Share of inputs dropped in training.</param>
public sealed class LowRank(Parameter down, Parameter up, double alpha, bool rankStabilized, double dropout)
    : IDisposable
{
    /// <summary>A.</summary>
    public Parameter Down { get; } = down;

    /// <summary>B.</summary>
    public Parameter Up { get; } = up;

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

    /// <summary>The addition, in the layer's numbers: <c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    /// <param name="x">The layer's input.</param>
    /// <param name="training">Whether inputs are dropped.</param>
    public Tensor Forward(Tensor x, bool training)
    {
        using var scope = NewDisposeScope();
        var input = x.dtype == Down.dtype ? x : x.to(Down.dtype);
        if (training && Dropout > 0)
        {
            input = nn.functional.dropout(input, Dropout, training: true);
        }

        var low = nn.functional.linear(input, Down);
        var addition = nn.functional.linear(low, Up) * Scale;
        return (addition.dtype == x.dtype ? addition : addition.to(x.dtype)).MoveToOuterDisposeScope();
    }

    /// <summary>What merging adds to the weight: <c>scale * B A</c>, float32, <c>[outputs, inputs]</c>.</summary>
    public Tensor Delta()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return (Up.to(ScalarType.Float32).matmul(Down.to(ScalarType.Float32)) * Scale).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Down.Dispose();
        Up.Dispose();
    }
}
