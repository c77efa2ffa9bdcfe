using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Tests.Engine.Tokenizers;

/// <summary>Patterns mean what Oniguruma means.</summary>
public sealed class PatternTests
{
    [Theory]
    [InlineData(@"\s", "\u0085", "\u0085")]
    [InlineData(@"\s", "\u200B\u180E\u001C\u3000", "\u3000")]
    [InlineData(@"(?i:'s)", "'ſ", "'ſ")]
    [InlineData(@"(?i:k)", "\u212A", "\u212A")]
    [InlineData(@"(?i)é|x", "É X", "É|X")]
    [InlineData(@"'s", "'S", "")]
    [InlineData(@"\p{L}+", "a𝔸б1", "a𝔸б")]
    [InlineData(@"\p{N}{1,3}", "12345½", "123|45½")]
    [InlineData(@"[^\s\p{L}\p{N}]+", "a-😀 b", "-😀")]
    [InlineData(@"\s+(?!\S)|\s+", "a   b", "  | ")]
    [InlineData(@"^b$", "a\nb\nc", "b")]
    [InlineData(@"(?m:a.b)", "a\nb", "a\nb")]
    [InlineData(@"a.b", "a\nb", "")]
    [InlineData(@"a{2}+", "aaaaa", "aaaa")]
    [InlineData(@"ba{2}?", "baab", "baa|b")]
    [InlineData(@"a{,2}b", "aaab", "aab")]
    [InlineData(@"a{x", "a{x", "a{x")]
    [InlineData(@"a++a|b", "aab", "b")]
    [InlineData(@"(?>a+)a|b", "aab", "b")]
    [InlineData(@"<.+?>", "<a><b>", "<a>|<b>")]
    [InlineData(@"(?<=ab|c)x", "abx cx bx", "x|x")]
    [InlineData(@"(?<!a)x", "ax bx", "x")]
    [InlineData(@"[a-c&&[^b]]+", "abcab", "a|ca")]
    [InlineData(@"[[:digit:]\-]+", "1-2x", "1-2")]
    [InlineData(@"[^\r\n]?x\b", "ax xy", "ax")]
    [InlineData(@"(ab|a)(bc|c)", "abc", "abc")]
    [InlineData(@"(a|b)*c", "ababc", "ababc")]
    [InlineData(@"(?:a*)*b", "aab", "aab")]
    [InlineData(@"[一-龥]+", "漢字a", "漢字")]
    [InlineData(@"\x{1F600}|\u00e9", "😀é", "😀|é")]
    public void Matches_are(string pattern, string text, string wanted)
    {
        var found = new RegexPattern(pattern)
            .Find(text)
            .Where(stretch => stretch.Matched)
            .Select(stretch => text[stretch.Start..stretch.End]);

        Assert.Equal(wanted, string.Join('|', found));
    }

    [Theory]
    [InlineData(@"(a")]
    [InlineData(@"a)")]
    [InlineData(@"[a")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\p{Nope}")]
    [InlineData(@"(?<=a+)b")]
    [InlineData(@"*a")]
    public void What_is_broken_or_not_supported_is_said(string pattern) =>
        Assert.Throws<FormatException>(() => new RegexPattern(pattern));

    [Fact]
    public void A_million_characters_are_no_deeper_than_ten()
    {
        var text = new string('a', 1 << 20);

        Assert.Equal([new Stretch(0, 1 << 20, true)], new RegexPattern(@"(?:a|b)+").Find(text));
        Assert.Equal([new Stretch(0, 1 << 20, true)], new RegexPattern(RegexPattern.Gpt2).Find(text));
    }
}
