using System.Text.Json.Nodes;
using CsCheck;
using Finetune.Engine;
using Finetune.Engine.Tokenizers;

namespace Finetune.Tests.Engine.Tokenizers;

public sealed class TokenizerTests : IDisposable
{
    private readonly SmallTokenizer _small = new();

    public void Dispose() => _small.Dispose();

    [Fact]
    public void Bytes_come_back_as_they_went_in()
    {
        var tokenizer = _small.Load(SmallTokenizer.ByteLevel(("a", "b"), ("Ġ", "a")));

        Gen.String.Sample(
            text =>
            {
                // Half a surrogate pair is no text; it goes in as U+FFFD.
                var sound = string.Concat(text.EnumerateRunes());
                var made = tokenizer.Encode(text);
                Assert.Equal(sound, tokenizer.Decode(made.Ids));
                Assert.Equal(made.Ids, tokenizer.EncodeIds(text));
                Assert.All(made.Offsets, offset => Assert.True(offset.End <= sound.EnumerateRunes().Count()));
            },
            iter: 300,
            seed: "0000000000002"
        );
    }

    [Fact]
    public void A_stream_gives_what_decoding_at_once_gives_and_no_half_character()
    {
        var tokenizer = _small.Load(SmallTokenizer.ByteLevel(("a", "b")));

        Gen.Int[0, tokenizer.VocabularySize - 1]
            .Array[0, 40]
            .Sample(
                ids =>
                {
                    var stream = tokenizer.Stream();
                    Assert.Equal(tokenizer.Decode(ids), string.Concat(ids.Select(stream.Push)) + stream.Flush());
                },
                iter: 300,
                seed: "0000000000003"
            );

        var half = tokenizer.Stream();
        Assert.Equal(["", "", "", "😀"], tokenizer.EncodeIds("😀").Select(half.Push));
    }

    [Fact]
    public void A_sentencepiece_stream_gives_what_decoding_at_once_gives()
    {
        var tokenizer = _small.Load(SentencePiece());

        Gen.Int[0, tokenizer.VocabularySize - 1]
            .Array[0, 30]
            .Sample(
                ids =>
                {
                    var stream = tokenizer.Stream(skipSpecialTokens: true);
                    var text = string.Concat(ids.Select(stream.Push)) + stream.Flush();
                    Assert.Equal(tokenizer.Decode(ids, skipSpecialTokens: true), text);
                },
                iter: 500,
                seed: "0000000000004"
            );
    }

    [Theory]
    [InlineData("normalizer", """{"type":"Rot13"}""", "$.normalizer.type")]
    [InlineData("pre_tokenizer", """{"type":"ByteLevel","add_prefix_space":true,"speed":9}""", "$.pre_tokenizer.speed")]
    [InlineData(
        "pre_tokenizer",
        """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"}]}""",
        "$.pre_tokenizer.pretokenizers[0].pattern.Regex"
    )]
    [InlineData("model", """{"type":"BPE","dropout":0.1,"vocab":{"a":0},"merges":[]}""", "$.model.dropout")]
    [InlineData("model", """{"type":"BPE","vocab":{"a":0},"merges":["a b"]}""", "$.model.merges[0]")]
    [InlineData("added_tokens", """[{"id":7,"content":"<x>"}]""", "$.added_tokens[0].id")]
    [InlineData("decoder", """{"type":"Strip","content":"ab","start":1,"stop":0}""", "$.decoder.content")]
    public void What_is_not_known_is_an_error_with_its_place(string part, string json, string place)
    {
        var tokenizer = SmallTokenizer.ByteLevel();
        tokenizer[part] = JsonNode.Parse(json);

        var error = Assert.Throws<ModelFileException>(() => _small.Load(tokenizer));

        Assert.Equal(place, error.Field);
    }

    [Fact]
    public void Settings_and_class_say_what_is_put_around()
    {
        var json = SmallTokenizer.ByteLevel();

        var llama =
            """{"tokenizer_class":"LlamaTokenizerFast","bos_token":{"content":"<s>"},"eos_token":"</s>","add_eos_token":true}""";
        var plain = llama.Replace("Llama", "PreTrained", StringComparison.Ordinal);

        Assert.Equal([256, 0x78, 257], Bytes(_small.Load(json, llama)));
        Assert.Equal([0x78, 257], Bytes(_small.Load(json, plain)));
        Assert.Equal([0x78], Bytes(_small.Load(json)));

        static int[] Bytes(Tokenizer tokenizer) => tokenizer.EncodeIds("x");
    }

    private static JsonObject SentencePiece()
    {
        string[] tokens = ["<unk>", "▁", "a", "▁a", "é", "b", "▁▁", "<0xE4>", "<0xBD>", "<0xA0>", "<0x0A>", "<0x41>"];
        var json = SmallTokenizer.ByteLevel();
        json["pre_tokenizer"] = null;
        json["added_tokens"]![0]!["id"] = tokens.Length;
        json["added_tokens"]![1]!["id"] = tokens.Length + 1;
        json["decoder"] = JsonNode.Parse(
            """
            {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},
            {"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}
            """
        );
        json["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["unk_token"] = "<unk>",
            ["byte_fallback"] = true,
            ["vocab"] = new JsonObject([.. tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))]),
            ["merges"] = new JsonArray(new JsonArray("▁", "a")),
        };
        return json;
    }
}
