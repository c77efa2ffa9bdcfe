using Finetune.Engine.Measuring;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>How fast this process multiplies matrices, in GFLOP/s: what a share is a share of.</summary>
internal static class Peaks
{
    private const int Square = 2048;
    private const int Probe = 256;
    private const int Tries = 8;

    // Below this a processor has no instructions for the type: the full square would take minutes and tell no more.
    private const double Slow = 10;

    /// <summary>A square product of a type.</summary>
    public static double Of(ScalarType type)
    {
        var probed = Product(Probe, Probe, Probe, type);
        return probed < Slow ? probed : Product(Square, Square, Square, type);
    }

    /// <summary>The best over a shape's own products, for so many tokens.</summary>
    public static double OfShapes(SpeedShape shape, int tokens, ScalarType type) =>
        shape.Products.Max(p => Product(tokens, p.Inputs, p.Outputs, type));

    private static double Product(int rows, int inner, int columns, ScalarType type)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return MatrixSpeed.Best(
            randn(rows, inner).to(type),
            randn(inner, columns).to(type),
            Tries,
            TimeProvider.System
        );
    }
}
