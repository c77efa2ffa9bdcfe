using Finetune.Stages.Gates;

namespace Finetune.Tests.Stages.Gates;

public sealed class RequirementTests
{
    private static readonly Dictionary<string, double> Metrics = new(StringComparer.Ordinal)
    {
        ["tuned.accuracy"] = 0.35,
        ["zero_shot.accuracy"] = 0.3,
        ["few_shot_4.perplexity"] = double.NaN,
        ["tuned.accuracy.low"] = 0.31,
        ["(tuned.accuracy - zero_shot.accuracy).low"] = 0.01,
    };

    [Theory]
    [InlineData("tuned.accuracy >= zero_shot.accuracy + 0.05", true)]
    [InlineData("tuned.accuracy > zero_shot.accuracy + 0.05", false)]
    [InlineData("tuned.accuracy - zero_shot.accuracy <= 5e-2", true)]
    [InlineData("tuned.accuracy < 0.35", false)]
    [InlineData("tuned.accuracy == 0.35", true)]
    [InlineData("tuned.accuracy != 0.35", false)]
    [InlineData("2 * (zero_shot.accuracy - 0.1) >= .4", true)]
    [InlineData("tuned.accuracy >= 1 - 2 * 0.4", true)]
    [InlineData("tuned.accuracy-0.1 >= -1", true)]
    [InlineData("tuned.accuracy-zero_shot.accuracy>=0", true)]
    [InlineData("tuned.perplexity >= 0", false)]
    [InlineData("few_shot_4.perplexity >= 0", false)]
    [InlineData("tuned.accuracy.low > zero_shot.accuracy", true)]
    [InlineData("tuned.accuracy.high > zero_shot.accuracy", false)]
    [InlineData("( tuned.accuracy-zero_shot.accuracy ).low > 0", true)]
    [InlineData("2 * (tuned.accuracy - zero_shot.accuracy).low > 0.02", false)]
    public void It_holds_or_not(string text, bool holds) => Assert.Equal(holds, Requirement.Parse(text).Holds(Metrics));

    [Theory]
    [InlineData("tuned.accuracy", 13, 1)]
    [InlineData("tuned.accuracy >=", 16, 1)]
    [InlineData("tuned >= 0.5", 0, 5)]
    [InlineData("tuned. >= 0.5", 6, 1)]
    [InlineData("tuned.accuracy >= 0.5 0.6", 22, 1)]
    [InlineData("tuned.accuracy >= (0.5", 21, 1)]
    [InlineData("tuned.accuracy >= 0.5.1", 18, 5)]
    [InlineData("tuned.accuracy => 0.5", 15, 1)]
    [InlineData("tuned.accuracy / 2 > 0.5", 15, 1)]
    [InlineData("0.1 <= tuned.accuracy <= 0.5", 22, 1)]
    [InlineData("tuned.accuracy.lower > 0.5", 15, 5)]
    [InlineData("tuned.accuracy. > 0.5", 15, 1)]
    [InlineData("tuned.accuracy.low.low > 0.5", 18, 1)]
    [InlineData("0 < (tuned.accuracy + zero_shot.accuracy).low", 4, 41)]
    [InlineData("0 < (tuned.accuracy - 0.1).low", 4, 26)]
    [InlineData("(tuned.accuracy - zero_shot.perplexity).low > 0", 0, 43)]
    [InlineData("(tuned.accuracy - tuned.accuracy).low > 0", 0, 37)]
    [InlineData("(tuned.accuracy.low - zero_shot.accuracy.low).low > 0", 0, 49)]
    [InlineData("", 0, 1)]
    public void What_is_wrong_is_told_with_its_place(string text, int offset, int length)
    {
        var error = Assert.Throws<RequirementException>(() => Requirement.Parse(text));
        Assert.Equal((offset, length), (error.Offset, error.Length));
    }

    [Fact]
    public void Deep_nesting_is_an_error_and_no_crash() =>
        Assert.Throws<RequirementException>(() => Requirement.Parse(new string('(', 100_000)));

    [Fact]
    public void It_says_what_it_came_to()
    {
        var requirement = Requirement.Parse("tuned.accuracy >= zero_shot.accuracy + 0.1");
        Assert.Equal(
            "tuned.accuracy (0.35) >= zero_shot.accuracy (0.3) + 0.1, that is 0.35 >= 0.4",
            requirement.Explain(Metrics)
        );
        Assert.Equal(["tuned.accuracy", "zero_shot.accuracy"], requirement.References.Select(r => r.Name));
        Assert.Equal(18, requirement.References[1].Offset);
        Assert.StartsWith(
            "cannot be judged: tuned.f1 (not measured)",
            Requirement.Parse("tuned.f1 > 0").Explain(Metrics),
            StringComparison.Ordinal
        );
    }
}
