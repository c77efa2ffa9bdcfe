using System.Text.Json;
using Finetune.Engine.Templates;
using Finetune.Engine.Tests;

namespace Finetune.Tests.Engine.Templates;

/// <summary>Agreement with Transformers' <c>apply_chat_template</c>, character by character.</summary>
public sealed class ChatTemplateFixtureTests
{
    public static TheoryData<string, string> Cases => FixtureFiles.Cases(Roots(), "name");

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Renders_as_the_reference(string file, string name)
    {
        FixtureRoots.SkipIfMissing(file);
        var document = FixtureFiles.Read(file);
        var one = FixtureFiles.Case(document, name);
        var expected = one.GetProperty("expected");
        var now = ChatCase.Time(document);
        if (expected.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            var failure = Assert.Throws<JinjaException>(() => ChatCase.Render(one, now));
            if (error.GetProperty("type").GetString() == JinjaException.Raised)
            {
                Assert.Equal(error.GetProperty("message").GetString(), failure.Message);
                Assert.Equal(JinjaException.Raised, failure.Kind);
            }

            return;
        }

        var rendered = ChatCase.Render(one, now);

        Assert.Equal(expected.GetProperty("output").GetString(), rendered.Text);
        if (
            expected.TryGetProperty("assistant_spans", out var spans)
            && (!expected.TryGetProperty("spans_exact", out var exact) || exact.GetBoolean())
        )
        {
            Assert.Equal(
                spans.EnumerateArray().Select(span => (span[0].GetInt32(), span[1].GetInt32())),
                rendered.Spans
            );
        }
    }

    private static IEnumerable<string> Roots() =>
        FixtureRoots.All.Select(root => Path.Combine(root, "chat", "cases.json"));
}
