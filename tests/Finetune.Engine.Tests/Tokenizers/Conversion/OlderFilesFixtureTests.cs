using System.Text.Json.Nodes;
using Finetune.Engine.Tokenizers;

namespace Finetune.Engine.Tests.Tokenizers.Conversion;

/// <summary>
/// The same answers from tokenizer.model, tiktoken ranks, vocab.json + merges.txt and vocab.txt as from the
/// tokenizer.json that the cases were made with.
/// </summary>
public sealed class OlderFilesFixtureTests
{
    [SkippableTheory]
    [InlineData("llama2", """{"tokenizer_class":"LlamaTokenizer"}""")]
    [InlineData("llama2-metaspace", """{"tokenizer_class":"LlamaTokenizerFast","legacy":false}""")]
    [InlineData("phi3", """{"tokenizer_class":"LlamaTokenizer"}""")]
    [InlineData("gemma", """{"tokenizer_class":"GemmaTokenizer"}""")]
    public void Pieces_with_bytes(string name, string config) => Same(name, config, files => files.PieceBpe());

    [SkippableTheory]
    [InlineData("t5", """{"tokenizer_class":"T5Tokenizer","extra_ids":10}""", 10)]
    [InlineData("albert", """{"tokenizer_class":"AlbertTokenizer"}""", 0)]
    public void Unigrams(string name, string config, int dropped) =>
        Same(name, config, files => files.Unigram(dropped));

    [SkippableTheory]
    [InlineData("gpt2", """{"tokenizer_class":"GPT2Tokenizer"}""")]
    [InlineData("qwen2", """{"tokenizer_class":"Qwen2Tokenizer"}""")]
    public void Vocabulary_and_merges(string name, string config) => Same(name, config, files => files.ByteLevel());

    [SkippableFact]
    public void Ranks() =>
        Same(
            "llama3",
            """{"tokenizer_class":"PreTrainedTokenizerFast","bos_token":"<|begin_of_text|>","add_bos_token":true}""",
            files => files.Ranks()
        );

    [SkippableFact]
    public void Words() => Same("bert", """{"tokenizer_class":"BertTokenizer"}""", files => files.Words());

    [SkippableTheory]
    [InlineData("gpt2", "encoder.json", "vocab.bpe", "ggml-vocab-gpt-2.gguf")]
    public void The_first_files_of_gpt2(string name, string vocabulary, string merges, string cases)
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var source = Path.Combine(FixtureRoots.Shared!, "testdata", "tokenizers");
        var folder = Directory.CreateTempSubdirectory("older-").FullName;
        File.Copy(Path.Combine(source, name, vocabulary), Path.Combine(folder, "vocab.json"));
        File.Copy(Path.Combine(source, name, merges), Path.Combine(folder, "merges.txt"));
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"model_type":"gpt2"}""");
        var tokenizer = Tokenizer.Load(folder);
        Directory.Delete(folder, recursive: true);
        var texts = File.ReadAllText(Path.Combine(source, "cases", cases + ".inp")).Split("\n__ggml_vocab_test__\n");
        var answers = File.ReadAllLines(Path.Combine(source, "cases", cases + ".out"));

        Assert.Equal(50256, tokenizer.EosId);
        Assert.Equal(
            answers.Select(answer => answer.Trim()),
            texts[..^1].Select(text => TokenizerCases.Show(tokenizer.EncodeIds(text, addSpecialTokens: false)))
        );
    }

    [SkippableFact]
    public void The_story_model_has_both_and_they_agree()
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var source = Path.Combine(FixtureRoots.Shared!, "testdata", "models", "stories260K", "hf");
        var folder = Directory.CreateTempSubdirectory("older-").FullName;
        File.Copy(Path.Combine(source, "tokenizer.model"), Path.Combine(folder, "tokenizer.model"));
        File.WriteAllText(
            Path.Combine(folder, "tokenizer_config.json"),
            """{"tokenizer_class":"LlamaTokenizer","legacy":true}"""
        );
        var (older, newer) = (Tokenizer.Load(folder), Tokenizer.Load(source));
        Directory.Delete(folder, recursive: true);
        string[] texts =
        [
            "Once upon a time, there was a little girl.",
            " two  spaces ",
            "\n\u00E9\u4E2D\U0001F600 1+1",
        ];

        foreach (var text in texts)
        {
            Assert.Equal(newer.EncodeIds(text), older.EncodeIds(text));
            Assert.Equal(newer.Decode(newer.EncodeIds(text)), older.Decode(newer.EncodeIds(text)));
        }
    }

    // Ids by sentencepiece itself, on texts of ours.
    [SkippableTheory]
    [InlineData("test_model", "Hello world, this is a test.", "151 88 21 887 5 65 47 11 4 15 400 6")]
    [InlineData("test_model", " leading and  double   spaces ", "4 82 218 18 13 93 53 392 273 19 135 8")]
    [InlineData("test_model", "\uFB01ligree \u2460 \uFF46\uFF55\uFF4C\uFF4C", "74 128 25 37 56 16 4 357 495")]
    [InlineData(
        "test_ja_model",
        "\u4E2D\u6587 \u306B\u307B\u3093\u3054 \u30C6\u30B9\u30C8",
        "2911 114 6 10 4044 813 6 1194 1165"
    )]
    public void A_model_without_a_class_is_read_as_it_says_itself(string name, string text, string ids)
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var source = Path.Combine(FixtureRoots.Shared!, "testdata", "tokenizers", "sentencepiece-test");
        var folder = Directory.CreateTempSubdirectory("older-").FullName;
        File.Copy(Path.Combine(source, name + ".model"), Path.Combine(folder, "tokenizer.model"));
        var tokenizer = Tokenizer.Load(folder);
        Directory.Delete(folder, recursive: true);

        Assert.Equal(ids, TokenizerCases.Show(tokenizer.EncodeIds(text)));
    }

    private static void Same(string name, string config, Func<OlderFiles, OlderFiles> write)
    {
        Skip.If(FixtureRoots.Shared is null, "no ../shared (FINETUNE_SHARED)");
        var folder = Path.Combine(FixtureRoots.Shared!, "testdata", "fixtures", "tokenizers", name);
        using var files = write(new OlderFiles(folder, JsonNode.Parse(config)!.AsObject()));

        var wrong = files.Differences();

        Assert.True(wrong.Count == 0, $"{wrong.Count} differ:\n{string.Join('\n', wrong.Take(12))}");
    }
}
