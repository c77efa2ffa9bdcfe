using System.Numerics;
using Finetune.Engine.Native;

namespace Finetune.Engine.Tests.Native;

public sealed class ExponentialTests
{
    [Fact]
    public void It_is_off_by_a_unit_of_the_last_place_at_most()
    {
        for (var x = -87f; x < 88.7f; x += 0.00137f)
        {
            var wanted = Math.Exp(x);
            Assert.InRange(One(x), wanted - 1.01 * Unit(wanted), wanted + 1.01 * Unit(wanted));
        }
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(-200f, 0f)]
    [InlineData(float.MinValue, 0f)]
    [InlineData(89f, float.PositiveInfinity)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    public void Ends_are_exact(float x, float wanted) => Assert.Equal(wanted, One(x));

    [Fact]
    public void Below_the_normal_numbers_it_goes_to_zero_by_steps()
    {
        Assert.Equal(Math.Exp(-95), One(-95), 2e-45);
        Assert.InRange(One(-103), 0, 3e-45);
    }

    private static float One(float x) => Exponential.Of(new Vector<float>(x))[0];

    private static double Unit(double value) => MathF.BitIncrement((float)value) - (float)value;
}
