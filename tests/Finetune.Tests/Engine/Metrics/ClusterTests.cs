using Finetune.Engine.Metrics;

namespace Finetune.Tests.Engine.Metrics;

public sealed class ClusterTests
{
    [Fact]
    public void One_answer_a_row_is_the_plain_wilson_interval()
    {
        var rows = Enumerable.Range(0, 50).Select(i => (i % 3 == 0 ? 1 : 0, 1)).ToList();

        Assert.Equal(WilsonInterval.Of(17, 50), WilsonInterval.Clustered(rows));
    }

    [Fact]
    public void Wordings_that_always_agree_add_no_evidence()
    {
        var rows = Enumerable.Range(0, 50).Select(i => (i % 3 == 0 ? 3 : 0, 3)).ToList();
        var (wanted, got) = (WilsonInterval.Of(17, 50), WilsonInterval.Clustered(rows));

        Assert.Equal(wanted.Low, got.Low, 12);
        Assert.Equal(wanted.High, got.High, 12);
    }

    [Fact]
    public void All_right_counts_as_many_trials_as_there_are_rows()
    {
        var got = WilsonInterval.Clustered([.. Enumerable.Repeat((2, 2), 20)]);

        Assert.Equal(WilsonInterval.Of(20, 20), got);
    }

    [Fact]
    public void Bootstrap_of_clusters_repeats_itself_from_its_seed()
    {
        PairedTotals[] rows = [.. Enumerable.Range(0, 40).Select(i => new PairedTotals(i % 4, 4, i % 3 + 1, 4))];
        var first = PairedBootstrap.OfClusters(rows, share => share, seed: 7, draws: 500);

        Assert.Equal(first, PairedBootstrap.OfClusters(rows, share => share, seed: 7, draws: 500));
        Assert.NotEqual(first, PairedBootstrap.OfClusters(rows, share => share, seed: 8, draws: 500));
    }

    [Fact]
    public void Interval_of_a_doubled_wording_is_as_wide_as_that_of_one()
    {
        PairedTotals[] single =
        [
            .. Enumerable.Range(0, 60).Select(i => new PairedTotals(i % 2, 1, i % 3 > 0 ? 1 : 0, 1)),
        ];
        PairedTotals[] twice = [.. single.Select(r => new PairedTotals(2 * r.First, 2, 2 * r.Second, 2))];

        Assert.Equal(
            PairedBootstrap.OfClusters(single, share => share, seed: 1),
            PairedBootstrap.OfClusters(twice, share => share, seed: 1)
        );
    }

    [Fact]
    public void Generator_gives_the_published_numbers()
    {
        // The reference implementation's first outputs for seed 1234567 (Vigna, prng.di.unimi.it).
        var random = new SplitMix64(1234567);

        Assert.Equal(6457827717110365317UL, random.Next());
        Assert.Equal(3203168211198807973UL, random.Next());
        Assert.Equal(9817491932198370423UL, random.Next());
    }

    [Theory]
    [InlineData(null, "a", false)]
    [InlineData(" a\n", "a", true)]
    [InlineData("A", "a", false)]
    [InlineData("a.", "a", false)]
    [InlineData("", " ", true)]
    public void Exact_match_forgives_white_space_at_the_ends_only(string? prediction, string reference, bool wanted) =>
        Assert.Equal(wanted, ExactMatch.Is(prediction, reference));

    [Fact]
    public void Exact_p_does_not_underflow()
    {
        Assert.Equal(1, McNemarTest.ExactP(1500, 1500), 12);
        Assert.InRange(McNemarTest.ExactP(1400, 1600), 1e-4, 1e-3);
    }
}
