using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Templates.Chat;
using Finetune.Engine.Tests;
using Finetune.Engine.Tokenizers;
using Finetune.Tests.Engine.Tokenizers;

namespace Finetune.Tests.Engine.Templates;

/// <summary>Conversations as prompt, completion and the turns that carry loss, in the manners of public
/// templates.</summary>
public sealed class ConversationRendererTests
{
    private const string TwoTurns = """
        [{"role":"user","content":"a 😀"},{"role":"assistant","content":"b"},{"role":"user","content":"c"},
         {"role":"assistant","content":" d "}]
        """;

    // ChatML: what ends a turn is a token of its own, with a line behind it.
    private const string ChatMl =
        "{% for m in messages %}<s>{{ m.role }}\n{{ m.content | trim }}</s>\n{% endfor %}"
        + "{% if add_generation_prompt %}<s>assistant\n{% endif %}";

    // A template that closes the whole text too, unless an answer is asked for.
    private const string Closing =
        "{% for m in messages %}<s>{{ m.role }}\n{{ m.content | trim }}</s>\n{% endfor %}"
        + "{% if add_generation_prompt %}<s>assistant\n{% else %}<s>{% endif %}";

    // One that thinks aloud in the last turn alone.
    private const string Thinking =
        "{% for m in messages %}<s>{{ m.role }}\n{% if m.role == 'assistant' and loop.last %}<think></think>\n\n{% endif %}"
        + "{{ m.content | trim }}</s>\n{% endfor %}{% if add_generation_prompt %}<s>assistant\n{% endif %}";

    private const string Marked =
        "{% for m in messages %}<s>{{ m.role }}\n{% if m.role == 'assistant' %}{% if loop.last %}<think></think>\n\n{% endif %}"
        + "{% generation %}{{ m.content | trim }}</s>{% endgeneration %}{% else %}{{ m.content | trim }}</s>{% endif %}\n"
        + "{% endfor %}{% if add_generation_prompt %}<s>assistant\n{% endif %}";

    private const string Bare =
        "{% for m in messages %}{{ m.role }}: {{ m.content | trim }}\n{% endfor %}"
        + "{% if add_generation_prompt %}assistant:{% endif %}";

    [Theory]
    [InlineData(ChatMl, "d", "</s>", "", "")]
    [InlineData(Closing, "d", "</s>", "", "")]
    [InlineData(Thinking, "<think></think>\n\nd", "</s>", "<think></think>\n\n", "")]
    [InlineData(Bare, " d", null, " ", "")]
    public void The_last_answer_is_the_completion(string template, string text, string? end, string lead, string tail)
    {
        using var folder = new Folder(template);

        var turns = folder.Renderer.Turns(Request(TwoTurns), everyTurn: false);

        Assert.Equal((text, end, lead, tail), (turns.Completion, turns.End, turns.Lead, turns.Tail));
        Assert.Empty(turns.Earlier);
        Assert.Equal(
            folder.Renderer.Prompt(Request(TwoTurns.Replace(",\n {\"role\":\"assistant\",\"content\":\" d \"}", ""))),
            turns.Prompt
        );
    }

    [Theory]
    [InlineData(ChatMl)]
    [InlineData(Closing)]
    [InlineData(Marked)]
    public void Earlier_answers_are_found_with_what_ends_them(string template)
    {
        using var folder = new Folder(template);

        var turns = folder.Renderer.Turns(Request(TwoTurns), everyTurn: true);

        var runes = turns.Prompt.EnumerateRunes().Select(r => r.ToString()).ToArray();
        var spans = turns.Earlier.Select(span => string.Concat(runes[span.Start..span.End]));
        Assert.Equal("b</s>", Assert.Single(spans));

        // The tokens of that place, and no other, are marked.
        var tokenizer = folder.Tokenizer;
        var encoded = ExampleEncoder.Prompt(tokenizer, turns.Prompt, addSpecialTokens: false);
        var mask = new bool[encoded.Length];
        TurnMask.Add(mask, tokenizer, turns.Prompt, turns.Earlier);
        Assert.Equal("b</s>", tokenizer.Decode([.. encoded.Where((_, i) => mask[i])]));
    }

    [Theory]
    [InlineData("s")]
    [InlineData("think")]
    [InlineData("/")]
    [InlineData("assistant")]
    public void A_text_that_the_template_has_too_is_found_all_the_same(string text)
    {
        using var folder = new Folder(Thinking);
        var messages = $$"""[{"role":"user","content":"{{text}}"},{"role":"assistant","content":"{{text}}"}]""";

        var turns = folder.Renderer.Turns(Request(messages), everyTurn: false);

        Assert.Equal(($"<think></think>\n\n{text}", "</s>"), (turns.Completion, turns.End));
        Assert.Equal("<think></think>\n\n", turns.Lead);
    }

    [Fact]
    public void A_template_that_rewrites_turns_is_told()
    {
        using var folder = new Folder(Thinking);

        var told = Assert.Throws<ConversationException>(() => folder.Renderer.Turns(Request(TwoTurns), true));

        Assert.Contains("message 2", told.Message, StringComparison.Ordinal);
        Assert.Contains("loss: last", told.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generation_prompt_that_no_answer_begins_with_is_told()
    {
        using var folder = new Folder(ChatMl.Replace("<s>assistant\n{% endif", "<s>model\n{% endif"));

        var told = Assert.Throws<ConversationException>(() => folder.Renderer.Turns(Request(TwoTurns), false));

        Assert.Contains("message 4", told.Message, StringComparison.Ordinal);
        Assert.Contains("'model\\n'", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":"a"},{"role":"user","content":"b"}]""", "'user'")]
    [InlineData("""[{"role":"assistant","content":"a"}]""", "before the assistant's")]
    [InlineData("""{"role":"assistant"}""", "no list")]
    [InlineData("""["a","b"]""", "no list")]
    public void What_is_no_conversation_is_told(string messages, string found)
    {
        using var folder = new Folder(ChatMl);

        var told = Assert.Throws<ConversationException>(() => folder.Renderer.Turns(Request(messages), false));

        Assert.Contains(found, told.Message, StringComparison.Ordinal);
    }

    // Real tokenizers with the templates they come with: whatever is trained on is what the whole text's tokens are.
    [SkippableTheory]
    [InlineData("qwen2", "<|im_end|>")]
    [InlineData("phi-3-mini", "<|end|>")]
    public void Real_templates_are_prompt_completion_and_end(string name, string end)
    {
        var path = Path.Combine(FixtureRoots.Shared ?? "", "testdata", "tokenizers", name);
        Skip.IfNot(Directory.Exists(path), "neither ../shared nor FINETUNE_SHARED is here");
        var tokenizer = Tokenizer.Load(path);
        var renderer = ConversationRenderer.Load(path, tokenizer, ConversationRenderer.FixedTime);

        var turns = renderer.Turns(Request(TwoTurns), everyTurn: true);

        Assert.Equal(end, turns.End);
        Assert.Equal("d", turns.Completion.Trim());
        Assert.Single(turns.Earlier);
        var endId = tokenizer.IdOf(end)!.Value;
        var encoded = ExampleEncoder.Encode(
            tokenizer,
            turns.Prompt,
            turns.Completion,
            Boundary.Together,
            endId,
            addSpecialTokens: false
        );
        var whole = tokenizer.EncodeIds(turns.Prompt + turns.Completion + end, addSpecialTokens: false);
        Assert.Equal(whole, encoded.InputIds);
    }

    private static ChatRequest Request(string messages) => new(JsonDocument.Parse(messages).RootElement);

    private sealed class Folder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("chat").FullName;

        public Folder(string template)
        {
            File.WriteAllText(Path.Combine(_path, "tokenizer.json"), SmallTokenizer.ByteLevel().ToJsonString());
            File.WriteAllText(
                Path.Combine(_path, "tokenizer_config.json"),
                new JsonObject
                {
                    ["bos_token"] = "<s>",
                    ["eos_token"] = "</s>",
                    ["chat_template"] = template,
                }.ToJsonString()
            );
            Tokenizer = Tokenizer.Load(_path);
            Renderer = ConversationRenderer.Load(_path, Tokenizer, ConversationRenderer.FixedTime);
        }

        public Tokenizer Tokenizer { get; }

        public ConversationRenderer Renderer { get; }

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
