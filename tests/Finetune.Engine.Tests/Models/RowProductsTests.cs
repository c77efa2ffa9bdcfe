using Finetune.Engine.Models.Managed;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Products of few rows by vectors, against libtorch's: every number of rows, widths that fill no vector.</summary>
public sealed class RowProductsTests
{
    [Theory]
    [InlineData(5, 1, true)]
    [InlineData(16, 4, false)]
    [InlineData(100, 13, true)]
    [InlineData(576, 30, false)]
    public unsafe void As_the_library_multiplies(int inputs, int outputs, bool biased)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7, CPU);
        Tensor Random(params long[] shape) => empty(shape).uniform_(-1, 1, generator);
        var (weight, bias) = (Random(outputs, inputs), Random(outputs));
        var linear = new ManagedLinear(weight, biased ? bias : null);
        for (var rows = 1; rows <= 21; rows++)
        {
            var x = Random(rows, inputs);
            var wanted = nn.functional.linear(x, weight, biased ? bias : null).data<float>().ToArray();
            var found = new float[wanted.Length];
            fixed (float* y = found)
            {
                fixed (byte* start = x.bytes)
                {
                    // In two stretches, as threads share them out.
                    RowProducts.Run((float*)start, rows, linear, y, 0, outputs / 2);
                    RowProducts.Run((float*)start, rows, linear, y, outputs / 2, outputs);
                }
            }

            Assert.All(wanted.Zip(found), p => Assert.InRange(p.Second - p.First, -2e-5, 2e-5));
        }
    }
}
