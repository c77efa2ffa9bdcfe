using Finetune.Stages.Answering;
using Finetune.Tests.Engine.Tokenizers;

namespace Finetune.Tests.Stages.Answering;

/// <summary>Scored tokens as text.</summary>
public sealed class ScoredTextTests
{
    [Fact]
    public void Every_token_has_its_text_and_a_character_of_several_tokens_their_sum()
    {
        using var small = new SmallTokenizer();
        var tokenizer = small.Load(SmallTokenizer.ByteLevel(("a", "b")));
        var before = tokenizer.EncodeIds("Label:", addSpecialTokens: false);
        int[] ids = [.. tokenizer.EncodeIds(" ab€", addSpecialTokens: false), tokenizer.IdOf("</s>")!.Value];

        var scored = ScoredText.Of(tokenizer, before, ids, [-1, -2, -0.25, -0.25, -0.5, -4]);

        Assert.Equal([(" ", -1.0), ("ab", -2.0), ("€", -1.0), ("</s>", -4.0)], scored.Select(t => (t.Text, t.LogProb)));
    }

    [Fact]
    public void Bytes_that_make_no_character_are_still_counted()
    {
        using var small = new SmallTokenizer();
        var tokenizer = small.Load(SmallTokenizer.ByteLevel());
        var bytes = tokenizer.EncodeIds("€", addSpecialTokens: false);

        var scored = ScoredText.Of(tokenizer, [], bytes[..2], [-1, -2]);

        Assert.Equal(-3, Assert.Single(scored).LogProb);
    }
}
