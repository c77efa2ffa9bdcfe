using Finetune.Engine.Tokenizers;

namespace Finetune.Tests.Engine.Tokenizers;

public sealed class ExampleEncoderTests : IDisposable
{
    private readonly SmallTokenizer _small = new();

    public void Dispose() => _small.Dispose();

    [Fact]
    public void The_prompt_leads_and_the_end_is_there_once()
    {
        var tokenizer = Tokenizer(front: true, back: true);

        var example = ExampleEncoder.Encode(tokenizer, "x", " y", Boundary.Together, tokenizer.EosId!.Value);

        Assert.Equal([257, 'x', 220, 'y', 258], Readable(tokenizer, example.InputIds));
        Assert.Equal(2, example.PromptLength);
        Assert.Equal(example.InputIds[..2], ExampleEncoder.Prompt(tokenizer, "x"));
    }

    [Fact]
    public void An_end_written_in_the_completion_is_not_doubled()
    {
        var tokenizer = Tokenizer(front: false, back: false);

        var example = ExampleEncoder.Encode(tokenizer, "x", "y</s>", Boundary.Together, tokenizer.EosId!.Value);

        Assert.Equal(3, example.InputIds.Length);
        Assert.Equal(tokenizer.EosId, example.InputIds[^1]);
    }

    [Theory]
    [InlineData(Boundary.Together)]
    [InlineData(Boundary.Split)]
    public void An_end_in_the_prompt_alone_does_not_end_an_empty_completion(Boundary boundary)
    {
        var tokenizer = Tokenizer(front: false, back: false);

        var example = ExampleEncoder.Encode(tokenizer, "x</s>", "", boundary, tokenizer.EosId!.Value);

        Assert.Equal(2, example.PromptLength);
        Assert.Equal(3, example.InputIds.Length);
    }

    [Fact]
    public void A_prompt_that_writes_the_beginning_itself_has_it_once()
    {
        var tokenizer = Tokenizer(front: true, back: false);

        Assert.Equal([257, 'x'], Readable(tokenizer, ExampleEncoder.Prompt(tokenizer, "<s>x")));
        Assert.Equal([257], Readable(tokenizer, ExampleEncoder.Prompt(tokenizer, "")));
    }

    [Fact]
    public void A_merge_across_the_boundary_is_an_error_with_its_place_unless_split()
    {
        var tokenizer = Tokenizer(front: true, back: false);

        var error = Assert.Throws<PrefixLawException>(() =>
            ExampleEncoder.Encode(tokenizer, "xa", "b", Boundary.Together, 0)
        );

        Assert.Equal(2, error.Position);
        Assert.Equal(["<s>", "x", "a"], error.Prompt);
        Assert.Equal(["<s>", "x", "ab"], error.Whole);
        Assert.Equal(3, ExampleEncoder.Encode(tokenizer, "xa", "b", Boundary.Split, 0).PromptLength);
    }

    [Fact]
    public void Truncation_keeps_the_leading_tokens_and_the_completion()
    {
        var example = new EncodedExample([1, 10, 11, 12, 20, 2], 4);

        Assert.Same(example, ExampleEncoder.Truncate(example, 6, 1));
        Assert.Equal([1, 12, 20, 2], ExampleEncoder.Truncate(example, 4, 1)!.InputIds);
        Assert.Equal(2, ExampleEncoder.Truncate(example, 4, 1)!.PromptLength);
        Assert.Equal([1, 20, 2], ExampleEncoder.Truncate(example, 3, 1)!.InputIds);
        Assert.Null(ExampleEncoder.Truncate(example, 2, 1));
        Assert.Equal([20, 2], ExampleEncoder.Truncate(example, 2, 0)!.InputIds);
    }

    private Tokenizer Tokenizer(bool front, bool back)
    {
        var json = SmallTokenizer.ByteLevel(("a", "b"));
        json["post_processor"] = SmallTokenizer.Around(json, front, back);
        return _small.Load(json);
    }

    // Single bytes as their characters, so that a wrong id can be read.
    private static int[] Readable(Tokenizer tokenizer, int[] ids) =>
        [
            .. ids.Select(id =>
                tokenizer.TokenOf(id) is { Length: 1 } token && token[0] < 127 ? token[0]
                : id == 32 ? 220
                : id
            ),
        ];
}
