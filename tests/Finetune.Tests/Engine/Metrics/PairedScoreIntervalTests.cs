using Finetune.Engine.Metrics;

namespace Finetune.Tests.Engine.Metrics;

public sealed class PairedScoreIntervalTests
{
    // By its definition: at both ends the counts lie z standard errors away, the error taken at the shares that are
    // likeliest under that difference, found here by trying them.
    [Theory]
    [InlineData(3, 9, 40)]
    [InlineData(0, 5, 30)]
    [InlineData(20, 14, 200)]
    [InlineData(1, 0, 25)]
    public void Its_ends_are_where_the_score_is_the_quantile(int firstOnly, int secondOnly, int rows)
    {
        var z = NormalDistribution.Quantile(0.975);
        var interval = PairedScoreInterval.Of(firstOnly, secondOnly, rows);

        Assert.Equal(z, Score(interval.Low), 4);
        Assert.Equal(-z, Score(interval.High), 4);

        double Score(double difference)
        {
            var (best, share) = (double.NegativeInfinity, 0.0);
            double Likelihood(double first)
            {
                var both = 1 - 2 * first - difference;
                double Part(double count, double p) => count == 0 ? 0 : count * Math.Log(p);
                return first < 0 || first + difference < 0 || both < 0
                    ? double.NegativeInfinity
                    : Part(firstOnly, first)
                        + Part(secondOnly, first + difference)
                        + Part(rows - firstOnly - secondOnly, both);
            }

            for (var width = 1.0; width > 1e-9; width /= 10)
            {
                var centre = share;
                for (var i = -20; i <= 20; i++)
                {
                    var candidate = Math.Clamp(centre + i * width / 20, Math.Max(0, -difference), 1);
                    if (Likelihood(candidate) is var found && found > best)
                    {
                        (best, share) = (found, candidate);
                    }
                }
            }

            var variance = rows * (2 * share + difference - difference * difference);
            return (secondOnly - firstOnly - rows * difference) / Math.Sqrt(variance);
        }
    }

    [Fact]
    public void It_turns_with_the_contenders_and_stays_open_without_a_difference()
    {
        var one = PairedScoreInterval.Of(4, 11, 60);
        var other = PairedScoreInterval.Of(11, 4, 60);
        Assert.Equal(one.Low, -other.High, 12);
        Assert.Equal(one.High, -other.Low, 12);

        var none = PairedScoreInterval.Of(0, 0, 100);
        var z = NormalDistribution.Quantile(0.975);
        Assert.Equal(z * z / (100 + z * z), none.High, 9);
        Assert.Equal(-none.High, none.Low, 9);
        Assert.Equal(1, PairedScoreInterval.Of(0, 8, 8).High);
        Assert.Equal(-1, PairedScoreInterval.Of(8, 0, 8).Low);
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedScoreInterval.Of(3, 3, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedScoreInterval.Of(-1, 3, 5));
    }
}
