using System.Text.Json.Nodes;
using Finetune.Engine;
using Finetune.Engine.Tokenizers;

namespace Finetune.Tests.Engine.Tokenizers;

/// <summary>What the files beside a tokenizer.json change, with Transformers' precedence.</summary>
public sealed class TokenizerSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    public TokenizerSettingsTests() => Write("tokenizer.json", SmallTokenizer.ByteLevel().ToJsonString());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_older_map_wins_where_no_decoder_of_added_tokens_is_written()
    {
        Write("tokenizer_config.json", """{"bos_token":"<s>","eos_token":"<s>"}""");
        Write("special_tokens_map.json", """{"eos_token":{"content":"</s>","lstrip":false}}""");

        Assert.Equal(257, Tokenizer.Load(_folder).EosId);
    }

    [Fact]
    public void The_older_map_is_not_read_beside_a_decoder_of_added_tokens()
    {
        Write(
            "tokenizer_config.json",
            """{"eos_token":"</s>","added_tokens_decoder":{"256":{"content":"<s>","special":true}}}"""
        );
        Write("special_tokens_map.json", """{"eos_token":"<s>","pad_token":"<s>"}""");

        var tokenizer = Tokenizer.Load(_folder);

        Assert.Equal((257, null), (tokenizer.EosId, tokenizer.PadId));
    }

    [Fact]
    public void Tokens_that_only_the_settings_name_get_the_next_ids()
    {
        Write(
            "tokenizer_config.json",
            """{"pad_token":"<pad>","additional_special_tokens":["<a>",{"content":"<b>","rstrip":true}],"extra_special_tokens":{"image":"<i>"}}"""
        );

        var tokenizer = Tokenizer.Load(_folder);

        Assert.Equal([258, 259, 260, 0x78, 261], tokenizer.EncodeIds("<pad><a><b>  x<i>"));
        Assert.Equal("x", tokenizer.Decode(tokenizer.EncodeIds("<a><b>x"), skipSpecialTokens: true));
        Assert.Equal(262, tokenizer.VocabularySize);
    }

    [Fact]
    public void A_decoder_of_added_tokens_changes_how_a_token_is_matched()
    {
        Write(
            "tokenizer_config.json",
            """{"added_tokens_decoder":{"256":{"content":"<s>","lstrip":true,"special":false}}}"""
        );

        var tokenizer = Tokenizer.Load(_folder);

        Assert.Equal([0x78, 256], tokenizer.EncodeIds("x  <s>"));
        Assert.False(tokenizer.IsSpecial(256));
    }

    [Theory]
    [InlineData("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nx", """{"tokenizer_class":"MPNetTokenizer"}""", "$.tokenizer_class")]
    [InlineData("vocab.txt", "[UNK]\n[CLS]\n[SEP]\nx", """{"never_split":["x"]}""", "$.never_split")]
    [InlineData("tokenizer.model", "\u0001 no model", "{}", null)]
    [InlineData("a.tiktoken", "IQ== 0\nIQ== 1\n", "{}", "line 2")]
    [InlineData("a.tiktoken", "IQ== 0\nnone\n", "{}", "line 2")]
    public void What_is_not_known_of_older_files_is_an_error_with_its_place(
        string name,
        string text,
        string config,
        string? place
    )
    {
        File.Delete(Path.Combine(_folder, "tokenizer.json"));
        Write(name, text);
        Write("tokenizer_config.json", config);

        Assert.Equal(place, Assert.Throws<ModelFileException>(() => Tokenizer.Load(_folder)).Field);
    }

    [Fact]
    public void Files_are_listed_and_copied_with_their_templates()
    {
        File.Delete(Path.Combine(_folder, "tokenizer.json"));
        Write("vocab.json", new JsonObject { ["x"] = 0 }.ToJsonString());
        Write("merges.txt", "#version: 0.2\n");
        Write("chat_template.jinja", "{{ messages }}");
        Directory.CreateDirectory(Path.Combine(_folder, "additional_chat_templates"));
        Write("additional_chat_templates/rag.jinja", "{{ documents }}");
        Write("notes.txt", "no part of it");
        var target = Path.Combine(_folder, "copy");

        Tokenizer.Copy(_folder, target);

        string[] names = ["vocab.json", "merges.txt", "chat_template.jinja", "additional_chat_templates/rag.jinja"];
        Assert.Equal(names.Select(name => Path.Combine(_folder, name)), Tokenizer.FilesIn(_folder));
        Assert.Equal(names.Select(name => Path.Combine(target, name)), Tokenizer.FilesIn(target));
        Assert.Equal(4, Directory.GetFiles(target, "*", SearchOption.AllDirectories).Length);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
