using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Tests.Graph.Documents;

public sealed class OverrideTests
{
    private const string Text =
        "name: x\nschedule: cosine\nempty:\ntraining:\n  - name: instruct\n    epochs: 3\n  - { name: polish, epochs: 1 }\n";

    [Theory]
    [InlineData("training[0].epochs=5", "training[0].epochs", 5L)]
    [InlineData("training.0.epochs=5", "training[0].epochs", 5L)]
    [InlineData("training.polish.epochs=1e-3", "training[1].epochs", 1e-3)]
    [InlineData("training[polish].epochs=yes", "training[1].epochs", "yes")]
    [InlineData("name=", "name", null)]
    [InlineData("name=\"5\"", "name", "5")]
    [InlineData("name=a=b", "name", "a=b")]
    [InlineData("empty.a.b=true", "empty.a.b", true)]
    [InlineData("model.adapter.rank=8", "model.adapter.rank", 8L)]
    [InlineData("sources.\"a.b\".path=x", "sources.a.b.path", "x")]
    public void Sets_a_typed_value(string setting, string path, object? value)
    {
        var found = All(Read(setting)).OfType<ScalarNode>().Single(n => n.Path == path);
        Assert.Equal(value, found.Value);
        Assert.Equal("--set", found.Span.File);
    }

    [Fact]
    public void Sets_lists_and_objects()
    {
        var root = Read(
            "training.instruct.templates=[a, b]",
            "model={ base: m, adapter: { rank: 2 } }",
            "model.adapter.rank=4"
        );
        Assert.Contains(All(root), n => n is ScalarNode { Path: "training[0].templates[1]", Text: "b" });
        Assert.Contains(All(root), n => n is ScalarNode { Path: "model.adapter.rank", Text: "4" });
        Assert.Equal(new SourceSpan("--set", 2, 7), root["model"]!.Span);
    }

    [Fact]
    public void Mistakes_are_placed_in_the_override()
    {
        Assert.Equal(
            """
            --set:1:1: error FT1020: 'epochs' holds no '='
              1 | epochs
                | ^^^^^^
              cure: write it as --set a.b=value, e.g. --set training[0].epochs=5

            """,
            Errors("epochs")
        );
        Assert.Equal(
            """
            --set:1:10: error FT1021: 'training' has no item 'instrct'; it has 2 items: instruct, polish
              1 | training.instrct.epochs=1
                |          ^^^^^^^
              at: training.instrct.epochs
              cure: did you mean 'instruct'?

            """,
            Errors("training.instrct.epochs=1")
        );
        Assert.Equal(
            """
            --set:1:10: error FT1021: 'schedule' is a string and has no 'kind'
              1 | schedule.kind=linear
                |          ^^^^
              at: schedule.kind
              cure: set a key of the document, or write it there first

            """,
            Errors("schedule.kind=linear")
        );
        Assert.Equal(
            """
            --set:1:7: error FT1002: broken YAML: while scanning a plain scalar value, found invalid mapping
              1 | name=a: b: c
                |       ^
              cure: quote the value for YAML inside the shell's quotes, e.g. --set 'a.b="text: more"'

            """.Split('\n')[^2],
            Errors("name=a: b: c").Split('\n')[^2]
        );
    }

    [Theory]
    [InlineData("=1")]
    [InlineData("a..b=1")]
    [InlineData("a.=1")]
    [InlineData(".a=1")]
    [InlineData("a[=1")]
    [InlineData("a[]=1")]
    [InlineData("training[2].epochs=1")]
    [InlineData("name=[1")]
    [InlineData("name=*x")]
    public void Paths_and_values_that_make_no_sense_are_errors(string setting) => Assert.NotEmpty(Errors(setting));

    private static MappingNode Read(params string[] settings) =>
        DocumentReader.Parse(Text, "/p.yml", "p.yml", settings).Root;

    private static string Errors(string setting)
    {
        var e = Assert.Throws<PipelineException>(() => Read(setting));
        return DiagnosticPrinter.PrintAll(e.Diagnostics, _ => OverrideText.Join([setting]));
    }

    private static IEnumerable<Node> All(Node node) =>
        node switch
        {
            MappingNode m => m.Entries.SelectMany(e => All(e.Value)).Prepend(node),
            SequenceNode s => s.Items.SelectMany(All).Prepend(node),
            _ => [node],
        };
}
