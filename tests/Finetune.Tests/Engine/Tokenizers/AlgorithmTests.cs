using System.Text.Json.Nodes;

namespace Finetune.Tests.Engine.Tokenizers;

/// <summary>The algorithms beside BPE, on vocabularies small enough to check by hand.</summary>
public sealed class AlgorithmTests : IDisposable
{
    private readonly SmallTokenizer _small = new();

    public void Dispose() => _small.Dispose();

    [Theory]
    [InlineData("abc", "ab c")]
    [InlineData("aab", "a ab")]
    [InlineData("a☃☃b", "a ☃☃ b")]
    public void Unigram_takes_the_best_sum_and_fuses_the_unknown(string text, string wanted) =>
        Assert.Equal(
            wanted,
            Tokens(
                """{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-1],["b",-2],["c",-2],["ab",-1.5],["bc",-3]]}""",
                text
            )
        );

    [Fact]
    public void Unigram_falls_back_to_bytes_when_it_has_them_all() =>
        Assert.Equal(
            "a <0xC3> <0xA9> ☃",
            Tokens(
                """{"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["<unk>",0],["a",-1],["<0xC3>",0],["<0xA9>",0]]}""",
                "aé"
            )
                + " "
                + Tokens("""{"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["<unk>",0],["a",-1]]}""", "☃")
        );

    [Theory]
    [InlineData("unable", "un ##able")]
    [InlineData("unabled", "[UNK]")]
    [InlineData("ununun", "un ##un ##un")]
    [InlineData("unununun", "[UNK]")]
    public void WordPiece_takes_the_longest_or_gives_the_word_up(string text, string wanted) =>
        Assert.Equal(
            wanted,
            Tokens(
                """{"type":"WordPiece","max_input_chars_per_word":7,"vocab":{"[UNK]":0,"un":1,"##able":2,"##un":3}}""",
                text
            )
        );

    [Fact]
    public void WordLevel_knows_words_or_does_not() =>
        Assert.Equal("b", Tokens("""{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a":1,"b":2}}""", "b"));

    private string Tokens(string model, string text)
    {
        var json = new JsonObject { ["model"] = JsonNode.Parse(model) };
        return string.Join(' ', _small.Load(json, "{}").Encode(text).Tokens);
    }
}
