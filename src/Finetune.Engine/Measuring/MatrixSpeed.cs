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
        left.mm(right).Dispose();
        var start = clock.GetTimestamp();
        var products = 0;
        while (clock.GetElapsedTime(start) < Enough)
        {
            left.mm(right).Dispose();
            products++;
        }

        return products * 2.0 * size * size * size / clock.GetElapsedTime(start).TotalSeconds / 1e9;
    }
}
