using Finetune.Engine.Native;
using TorchSharp;

namespace Finetune.Engine.Measuring;

/// <summary>How fast this machine multiplies matrices; what decides between fp32 and bf16.</summary>
/// <param name="Fp32">10^9 floating point operations a second in fp32.</param>
/// <param name="Bf16">The same in bf16.</param>
public sealed record MatrixSpeed(double Fp32, double Bf16)
{
    private const int Size = 1024;
    private const int Probe = 256;

    // Below this a processor has no instructions for the type, and one large product would take seconds.
    private const double Slow = 10;
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(400);

    /// <summary>Measures for about a second. The first product of a kind is not counted: it compiles kernels.</summary>
    /// <param name="clock">What time is taken from.</param>
    public static MatrixSpeed Measure(TimeProvider clock) => new(Of(torch.float32, clock), Of(torch.bfloat16, clock));

    /// <summary>The fastest of some products of one shape, multiplied as training does; 10^9 operations a second.</summary>
    /// <param name="left"><c>[rows, inner]</c>.</param>
    /// <param name="right"><c>[inner, columns]</c>, of the same type.</param>
    /// <param name="tries">How many, after one that is not counted.</param>
    /// <param name="clock">What time is taken from.</param>
    public static double Best(torch.Tensor left, torch.Tensor right, int tries, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        MatrixProduct.Of(left, right).Dispose();
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < tries; i++)
        {
            var start = clock.GetTimestamp();
            MatrixProduct.Of(left, right).Dispose();
            var took = clock.GetElapsedTime(start);
            best = took < best ? took : best;
        }

        return 2e-9 * left.shape[0] * left.shape[1] * right.shape[1] / best.TotalSeconds;
    }

    private static double Of(torch.ScalarType type, TimeProvider clock)
    {
        var probed = Of(type, clock, Probe);
        return probed < Slow ? probed : Of(type, clock, Size);
    }

    private static double Of(torch.ScalarType type, TimeProvider clock, int size)
    {
        using var noGradients = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var left = torch.ones(size, size, dtype: type);
        var right = torch.ones(size, size, dtype: type);
        MatrixProduct.Of(left, right).Dispose();
        var start = clock.GetTimestamp();
        var products = 0;
        while (clock.GetElapsedTime(start) < Enough)
        {
            MatrixProduct.Of(left, right).Dispose();
            products++;
        }

        return products * 2.0 * size * size * size / clock.GetElapsedTime(start).TotalSeconds / 1e9;
    }
}
