using System.Text.Json;
using Finetune.Engine.Templates;
using Finetune.Engine.Tests;

namespace Finetune.Tests.Engine.Templates;

/// <summary>Templates of published models, and snippets of the language, as Python's Jinja renders them.</summary>
public sealed class PublicTemplateFixtureTests
{
    private static readonly DateTime Now = new(2025, 7, 10, 12, 0, 0, DateTimeKind.Unspecified);

    public static TheoryData<string, string> Models => FixtureFiles.Cases(Files("chat_template_cases.json"), "name");

    public static TheoryData<string, string> Snippets => FixtureFiles.Cases(Files("jinja_language_cases.json"), "name");

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Renders_the_template_of_a_model(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var one = FixtureFiles.Case(FixtureFiles.Read(file), name);
        Skip.IfNot(one.GetProperty("jinja2_matches").GetBoolean(), "the file says that Python's Jinja differs");

        var rendered = Render(one.GetProperty("chat_template"), one.GetProperty("data"));

        Assert.Equal(one.GetProperty("target").GetString(), rendered);
    }

    [SkippableTheory]
    [MemberData(nameof(Snippets))]
    public void Renders_a_snippet(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var one = FixtureFiles.Case(FixtureFiles.Read(file), name);
        var expected = one.GetProperty("python_expected_trim_lstrip").GetString();
        if (expected is null)
        {
            Assert.Throws<JinjaException>(() => Render(one.GetProperty("template"), one.GetProperty("context")));
            return;
        }

        Assert.Equal(expected, Render(one.GetProperty("template"), one.GetProperty("context")));
    }

    private static string Render(JsonElement template, JsonElement variables) =>
        JinjaTemplate
            .Parse(template.GetString()!)
            .Render(variables.EnumerateObject().Select(one => KeyValuePair.Create(one.Name, one.Value)), Now)
            .Text;

    private static IEnumerable<string> Files(string name) =>
        FixtureRoots.Shared is { } shared ? [Path.Combine(shared, "testdata", "chat", "huggingface-js", name)] : [];
}
