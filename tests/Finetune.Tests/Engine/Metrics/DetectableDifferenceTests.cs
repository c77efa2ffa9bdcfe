using Finetune.Engine.Metrics;

namespace Finetune.Tests.Engine.Metrics;

public sealed class DetectableDifferenceTests
{
    // Connor's formula, by hand: (1.959964 sqrt(0.2) + 0.841621 sqrt(0.19))^2 / 0.01 = 154.6 rows for a tenth.
    [Fact]
    public void It_is_the_difference_that_wants_so_many_rows()
    {
        Assert.InRange(DetectableDifference.Of(155, 0.2)!.Value, 0.0995, 0.1);
        Assert.InRange(DetectableDifference.Of(154, 0.2)!.Value, 0.1, 0.1005);
        Assert.Null(DetectableDifference.Of(10, 0.05));
    }

    [Fact]
    public void A_difference_of_that_size_shows_in_four_of_five_tests()
    {
        const int Rows = 300;
        const double Differing = 0.3;
        var difference = DetectableDifference.Of(Rows, Differing)!.Value;
        var random = new SplitMix64(1);
        var shown = 0;
        for (var draw = 0; draw < 2000; draw++)
        {
            var (first, second) = (0, 0);
            for (var row = 0; row < Rows; row++)
            {
                var at = random.Below(1 << 30) / (double)(1 << 30);
                second += at < (Differing + difference) / 2 ? 1 : 0;
                first += at >= (Differing + difference) / 2 && at < Differing ? 1 : 0;
            }

            shown += PairedScoreInterval.Of(first, second, Rows).Low > 0 ? 1 : 0;
        }

        Assert.InRange(shown / 2000.0, 0.77, 0.83);
    }
}
