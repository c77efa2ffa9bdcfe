using Finetune.Graph.Diagnostics;

namespace Finetune.Tests.Graph.Diagnostics;

public sealed class NearestMatchTests
{
    [Theory]
    [InlineData("promt", "prompt")]
    [InlineData("pormpt", "prompt")]
    [InlineData("Learning-Rate", "learning_rate")]
    [InlineData("learning", "learning_rate")]
    [InlineData("by", "by")]
    [InlineData("zzz", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Finds_what_was_probably_meant(string found, string? expected) =>
        Assert.Equal(expected, NearestMatch.Of(found, ["version", "prompt", "learning_rate", "by", "q"]));

    [Fact]
    public void Of_equally_near_names_the_ordinal_first_is_taken() =>
        Assert.Equal("abx", NearestMatch.Of("abc", ["aby", "abx"]));
}
