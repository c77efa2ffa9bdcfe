using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Graph.Execution;

/// <summary>Law 8: after any edits, a cached run's outputs equal those of a run from nothing.</summary>
public sealed class IncrementalTests
{
    [Fact]
    public void Incremental_equals_clean()
    {
        var node = Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 255], (v, cut, parents) => new Node(v, cut, parents));
        var edit = Gen.Select(Gen.Int[0, 7], node, (at, changed) => (at, changed));
        Gen.Select(node.Array[2, 6], edit.Array[1, 4])
            .Sample(
                (start, edits) =>
                {
                    var nodes = start.ToArray();
                    using var kept = new World();
                    Run(kept, nodes);
                    foreach (var (at, changed) in edits)
                    {
                        nodes[at % nodes.Length] = changed;
                        using var clean = new World();
                        Assert.Equal(Run(clean, nodes), Run(kept, nodes));
                    }

                    kept.Executed();
                    Run(kept, nodes);
                    Assert.Empty(kept.Executed());
                },
                iter: 6,
                threads: 1
            );
    }

    private static List<string> Run(World world, Node[] nodes)
    {
        var result = world
            .RunAsync(world.Plan([.. nodes.Select((n, i) => StepOf(world, n, i))]))
            .GetAwaiter()
            .GetResult();
        Assert.True(result.Ok);
        return [.. result.Steps.Select(s => File.ReadAllText(s.Outputs["text"]))];
    }

    private static Step StepOf(World world, Node node, int index)
    {
        var parents = Enumerable.Range(0, index).Where(p => ((node.Parents >> p) & 1) == 1);
        var rows = world.Write($"rows{index}", node.Value.ToString(CultureInfo.InvariantCulture));
        var settings = new JsonObject { ["value"] = node.Value / 2 };
        if (node.Cut)
        {
            settings["short"] = true;
        }

        return world.Step(
            $"s{index}",
            settings,
            [new FileInput("rows", [rows]), .. parents.Select(p => World.From($"s{p}"))]
        );
    }

    private sealed record Node(int Value, bool Cut, int Parents);
}
