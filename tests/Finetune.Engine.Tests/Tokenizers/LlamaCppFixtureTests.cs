using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Tests.Tokenizers;

/// <summary>llama.cpp's vocabulary tests: texts and the ids that Transformers gave, without special tokens.</summary>
public sealed class LlamaCppFixtureTests
{
    [SkippableTheory]
    [InlineData("gpt-2", "gpt2")]
    [InlineData("qwen2", "qwen2")]
    [InlineData("phi-3", "phi-3-mini")]
    public void Every_text_gives_the_same_ids(string vocabulary, string name)
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var folder = Path.Combine(FixtureRoots.Shared!, "testdata", "tokenizers");
        var cases = Path.Combine(folder, "cases", $"ggml-vocab-{vocabulary}.gguf");
        var tokenizer = Tokenizer.Load(Path.Combine(folder, name));
        var texts = File.ReadAllText(cases + ".inp").Split("\n__ggml_vocab_test__\n")[..^1];
        var answers = File.ReadAllText(cases + ".out").TrimEnd('\n').Split('\n');

        var made = texts.Select(text => TokenizerCases.Show(tokenizer.EncodeIds(text, addSpecialTokens: false)));

        Assert.Equal(answers.Select(answer => answer.Trim()), made);
    }

    [SkippableFact]
    public void The_story_model_speaks_its_story_token_by_token()
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var folder = Path.Combine(FixtureRoots.Shared!, "testdata", "models", "stories260K");
        var expected = TokenizerCases.Json(Path.Combine(folder, "expected.json"));
        var ids = TokenizerCases.Ints(expected["greedy_from_bos"]!["ids"]!);
        var story = expected["upstream_expected_text"]!.GetValue<string>();
        var tokenizer = Tokenizer.Load(Path.Combine(folder, "hf"));

        Assert.Equal((1, 2, 1), (tokenizer.BosId, tokenizer.EosId, tokenizer.LeadingSpecialTokens));
        Assert.StartsWith(story, tokenizer.Decode(ids, skipSpecialTokens: true), StringComparison.Ordinal);
        Assert.StartsWith(story, TokenizerCases.Streamed(tokenizer, ids, true), StringComparison.Ordinal);
        Assert.Equal(1, tokenizer.EncodeIds(story)[0]);
    }
}
