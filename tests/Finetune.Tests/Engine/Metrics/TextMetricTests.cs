using Finetune.Engine.Metrics.Texts;

namespace Finetune.Tests.Engine.Metrics;

/// <summary>What the fixtures do not reach; expectations from the reference implementations.</summary>
public sealed class TextMetricTests
{
    [Fact]
    public void Ter_normalises_references_twice_as_sacrebleu_does()
    {
        var ter = new Ter(new TerOptions { Normalized = true });

        ter.Add("x,,100", ["x,,100"]);

        Assert.Equal((2L, 4.0), (ter.Edits, ter.ReferenceLength));
    }

    [Theory]
    [InlineData("ΟΔΟΣ ΣΑΣ", "οδος σας")]
    [InlineData("Σ", "σ")]
    [InlineData("ΑΣ' Σ", "ας' σ")]
    [InlineData("İ\u212A", "i\u0307k")]
    public void Lower_case_is_pythons(string text, string wanted) => Assert.Equal(wanted, PythonText.Lower(text));

    [Fact]
    public void White_space_is_pythons() =>
        Assert.Equal(["a", "b", "c\u200bd", "e"], PythonText.Split("\u3000a\u001cb\u0085c\u200bd\u00a0e\u2028"));

    [Theory]
    [InlineData("a\u0301 cat", "\u0301 cat")]
    [InlineData("²a 12 the1 théâtre an,the", "²a 12 the1 théâtre anthe")]
    [InlineData("the  an-a «the» a_b", "ana « » ab")]
    public void Squad_drops_articles_between_pythons_word_boundaries(string text, string wanted) =>
        Assert.Equal(wanted, SquadAnswer.Normalize(text));

    [Theory]
    [InlineData("skies", "sky")]
    [InlineData("died", "die")]
    [InlineData("spied", "spi")]
    [InlineData("geologically", "geolog")]
    [InlineData("hopefully", "hope")]
    [InlineData("controlling", "control")]
    [InlineData("enjoy", "enjoy")]
    [InlineData("happy", "happi")]
    [InlineData("feed", "feed")]
    [InlineData("relational", "relat")]
    [InlineData("replacement", "replac")]
    public void Stems_are_nltks(string word, string stem) => Assert.Equal(stem, PorterStemmer.Stem(word));

    [Theory]
    [InlineData("intl", "a,b 1,000 €5 x. 𝟏.𝟐", "a , b 1,000 € 5 x . 𝟏.𝟐")]
    [InlineData("13a", "It's &quot;1,000.5&quot; 2-3, x-y.", "It's \" 1,000.5 \" 2 - 3 , x-y .")]
    [InlineData("zh", "今天ok。1.5", "今 天 ok 。 1.5")]
    [InlineData("char", "a 😀", "a 😀")]
    public void Tokenizers_of_bleu_split_as_sacrebleus(string name, string text, string wanted) =>
        Assert.Equal(wanted, string.Join(' ', BleuTokenizers.Find(name)!(text)));
}
