using Finetune.Engine.Metrics;

namespace Finetune.Tests.Engine.Metrics;

/// <summary>Student's distribution, and intervals over training seeds.</summary>
public sealed class SeedSpreadTests
{
    // scipy.stats.t.ppf(1 - p / 2, v)
    [Theory]
    [InlineData(0.05, 1, 12.706204736432095)]
    [InlineData(0.05, 2, 4.302652729911275)]
    [InlineData(0.05, 10, 2.2281388519649385)]
    [InlineData(0.1, 4, 2.13184678133629)]
    [InlineData(0.01, 30, 2.7499956535672)]
    [InlineData(0.05, 1e6, 1.9599663)]
    public void Student_is_that_of_the_tables(double probability, double freedom, double expected) =>
        Assert.Equal(expected, StudentDistribution.TwoSided(probability, freedom), 6);

    [Fact]
    public void Without_noise_of_rows_it_is_Students_interval()
    {
        var spread = SeedSpread.Of([0.1, 0.2, 0.3], 0, 0.95);

        Assert.Equal(0.2, spread.Mean, 12);
        Assert.Equal(0.1, spread.Deviation, 12);
        Assert.Equal(4.302652729911275 * 0.1 / Math.Sqrt(3), spread.Interval.High - spread.Mean, 9);
    }

    [Fact]
    public void Without_noise_of_seeds_it_is_the_rows_interval()
    {
        var spread = SeedSpread.Of([0.2, 0.2], 0.05, 0.95);

        Assert.Equal(0.2 - 1.9599663 * 0.05, spread.Interval.Low, 6);
        Assert.Equal(new Interval(0.2, 0.2), SeedSpread.Of([0.2, 0.2], 0, 0.95).Interval);
    }

    [Theory]
    [InlineData(3, 0.01, 0.03)]
    [InlineData(3, 0.03, 0.01)]
    [InlineData(5, 0.02, 0.02)]
    public void It_holds_the_true_difference_as_often_as_it_says(int seeds, double ofRows, double ofSeeds)
    {
        var random = new SplitMix64(99);
        double Normal() =>
            Math.Sqrt(-2 * Math.Log((random.Below(1 << 24) + 1.0) / (1 << 24)))
            * Math.Cos(2 * Math.PI * random.Below(1 << 24) / (1 << 24));
        const int Draws = 4000;
        var held = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            // All seeds answer the same rows, whose luck they share.
            var rows = ofRows * Normal();
            var spread = SeedSpread.Of(
                [.. Enumerable.Range(0, seeds).Select(_ => 0.1 + rows + ofSeeds * Normal())],
                ofRows,
                0.95
            );
            held += spread.Interval.Contains(0.1) ? 1 : 0;
        }

        Assert.InRange((double)held / Draws, 0.935, 0.985);
    }
}
