using System.Text;
using CsCheck;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Tests.Engine.Tokenizers;

/// <summary>The fast engine cuts every text as the general one does, whatever the pattern.</summary>
public sealed class FrameworkPatternTests
{
    private const string Odd =
        "aZ's 'S\u017Fk\u212A 09\u00BD\u0663\u00E9\u0301\u4E2D\u3042\u00A0\u0085\u200B\u2028\t\r\n.,!_-\u0130\u1E9E\uFEFF\u180E\0'";

    [Theory]
    [InlineData(RegexPattern.Gpt2)]
    [InlineData(
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )]
    [InlineData(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )]
    [InlineData(@"[\w\u200C\u200D]+|[^\w\s]+")]
    [InlineData(@"(?i:straSSe|k)|\p{N}++|[a-z]{2,3}?|(?>\s+)\S|(?<=\s)\p{P}|(?=Z)Z|(?:ab|a)+\z|\A.")]
    [InlineData(@"\p{N}{2}|(?:a|a\s)*'|[^\P{L}\p{Lu}]+")]
    public void Both_engines_cut_alike(string pattern)
    {
        var regex = new RegexPattern(pattern);
        Assert.True(regex.IsFast);

        Gen.Char[Odd]
            .Array[0, 40]
            .Sample(
                units =>
                {
                    var text = new string(units);
                    var wanted = regex.Find(text).Select(s => text[s.Start..s.End]);

                    Assert.Equal(string.Join('|', wanted), Cut(regex, text));
                },
                iter: 4000,
                seed: "0000000000002"
            );
    }

    [Theory]
    [InlineData(@"a*")]
    [InlineData(@"^a")]
    [InlineData(@"\ba")]
    [InlineData(@"\Ga")]
    [InlineData(@"(?:a*)*b")]
    [InlineData(@"(?<=ab|c)d")]
    public void What_has_no_certain_translation_keeps_the_general_engine(string pattern) =>
        Assert.False(new RegexPattern(pattern).IsFast);

    private static string Cut(RegexPattern regex, string text)
    {
        var sink = new Joined(new StringBuilder());
        regex.Cut(text, ref sink);
        return sink.ToString();
    }

    private readonly struct Joined(StringBuilder pieces) : IPieceSink
    {
        public void Piece(ReadOnlySpan<char> piece) => pieces.Append(pieces.Length == 0 ? "" : "|").Append(piece);

        public override string ToString() => pieces.ToString();
    }
}
