using Finetune.Engine.Tests.Models;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Conversations through the real process, by a model's own chat template.</summary>
public sealed class ConversationTests
{
    private const string Template =
        "{% for m in messages %}{{ m.role | capitalize }}: {{ m.content }}\n{% endfor %}"
        + "{% if add_generation_prompt %}Assistant:{% endif %}";

    [SkippableFact]
    public void Messages_are_the_prompt_that_the_template_makes_of_them()
    {
        using var model = Model(Template);

        var byTemplate = Generate(model.Path, """{"messages":[{"role":"user","content":"dim the lamp"}]}""");
        var byHand = Generate(model.Path, """{"prompt":"User: dim the lamp\nAssistant:"}""");

        Assert.Equal((0, ""), (byTemplate.ExitCode, byTemplate.Error));
        Assert.Equal(byHand.Out, byTemplate.Out);
    }

    [SkippableFact]
    public void A_model_without_template_says_what_to_give_instead()
    {
        var run = Generate("builtin:tiny", """{"messages":[]}""");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("no chat template", run.Error, StringComparison.Ordinal);
        Assert.Contains("row: 1", run.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Chat_keeps_the_conversation()
    {
        using var model = Model(
            Template + "{% if messages | length > 1 %}{{ raise_exception('two turns') }}{% endif %}"
        );

        var run = ToolProcess.Run(model.Path, ["chat", "--model", ".", "--max-tokens", "4"], "one\ntwo\n");

        Assert.Equal(3, run.ExitCode);
        Assert.Single(run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("two turns", run.Error, StringComparison.Ordinal);
    }

    private static ToolProcess Generate(string model, string row) =>
        ToolProcess.Run(Path.GetTempPath(), ["generate", "--model", model, "--max-tokens", "6"], row + "\n");

    private static Scratch Model(string template)
    {
        var folder = Scratch.New();
        Workspace.CopyBase(folder.Path, template);
        return folder;
    }
}
