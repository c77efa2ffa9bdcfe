namespace Finetune.Tests.Cli;

/// <summary><c>render --model</c>.</summary>
public sealed class ConversationRenderingTests
{
    private const string Template =
        "{% for m in messages %}{{ bos_token }}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}"
        + "{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}{{ strftime_now('%Y') }}";

    [SkippableFact]
    public void A_conversation_becomes_text_and_spans()
    {
        using var folder = new EmptyFolder();
        File.WriteAllText(
            Path.Combine(folder.Path, "tokenizer_config.json"),
            """{"bos_token": {"content": "^"}, "chat_template": "not this one"}"""
        );
        File.WriteAllText(Path.Combine(folder.Path, "chat_template.jinja"), Template);

        var run = ToolProcess.Run(
            folder.Path,
            ["render", "--model", ".", "--now", "2020-01-02T03:04:05", "--keep-going"],
            """
            {"messages":[{"role":"user","content":"é"},{"role":"assistant","content":"<b>"}]}
            {"messages":[]}
            {"messages":[{"role":"user","content":"x"}],"template":"{{ raise_exception('never') }}"}
            {"messages":[{"role":"user","content":"x"}],"template":"{{ eos_token }}{{ k }}","special_tokens":{"eos_token":"$"},"kwargs":{"k":1}}
            """
        );
        var lines = run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, run.ExitCode);
        Assert.Equal("""{"text":"^é^<b>2020","assistant_spans":[[3,6]]}""", lines[0]);
        Assert.StartsWith("""{"error":"template: ValueError: Cannot apply""", lines[1], StringComparison.Ordinal);
        Assert.Equal("""{"error":"never","row":3}""", lines[2]);
        Assert.Equal("""{"text":"$1","assistant_spans":[]}""", lines[3]);
    }
}
