using Finetune.Graph.Planning;
using Finetune.Tests.Graph.Execution;

namespace Finetune.Tests.Graph.Planning;

public sealed class GraphTextTests
{
    [Theory]
    [InlineData("ascii", "a       hit\nb.long  miss    ← a\n")]
    [InlineData("mermaid", "flowchart TD\n  a[\"a<br/>hit\"]\n  b_long[\"b.long<br/>miss\"]\n  a --> b_long\n")]
    [InlineData(
        "dot",
        "digraph pipeline {\n  rankdir=TB;\n  node [shape=box];\n  \"a\" [label=\"a\\nhit\"];\n  \"b.long\" [label=\"b.long\\nmiss\"];\n  \"a\" -> \"b.long\";\n}\n"
    )]
    public void Draws_the_plan(string format, string expected)
    {
        using var world = new World();
        var plan = world.Plan(world.Step("a"), world.Step("b.long", null, World.From("a")));
        Assert.Equal(expected, GraphText.Draw(plan, format, s => s.Name == "a" ? "hit" : "miss"));
    }
}
