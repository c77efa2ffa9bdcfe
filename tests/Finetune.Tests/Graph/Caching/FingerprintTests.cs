using System.Text.Json.Nodes;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;
using Finetune.Tests.Graph.Execution;

namespace Finetune.Tests.Graph.Caching;

public sealed class FingerprintTests
{
    // A change of this value empties every user's cache: raise Fingerprint.FormatVersion and mean it.
    private const string Pinned = "e1d4ee88f81809f0447d21d34496350cc9ca84bc8cffed8688e41a14dfcebea1";

    [Fact]
    public void The_key_is_pinned()
    {
        using var world = new World();
        var step = world.Step("train.a", Settings(), new FileInput("rows", [world.Write("x.csv", "a,b\n")]));
        Assert.Equal(Pinned, KeyOf(world, step with { Ambient = new Dictionary<string, string> { ["seed"] = "17" } }));
    }

    [Fact]
    public void Names_places_and_the_order_of_keys_are_not_in_the_key()
    {
        using var world = new World();
        var rows = world.Write("x.csv", "a,b\n");
        var same = world.Write("other.csv", "a,b\n");
        var turned = new JsonObject { ["list"] = new JsonArray(1, 2), ["learning_rate"] = 0.0002 };
        var key = KeyOf(world, world.Step("train.a", Settings(), new FileInput("rows", [rows])));
        var placed = world.Step("train.b", turned, new FileInput("rows", [same])) with
        {
            Private = new JsonObject { ["path"] = "/somewhere" },
            Placement = new Placement("text", world.At("out")),
        };
        Assert.Equal(key, KeyOf(world, placed));
    }

    [Fact]
    public void Everything_that_changes_a_result_changes_the_key()
    {
        using var world = new World();
        var (x, y) = (world.Write("x.csv", "1"), world.Write("y.csv", "2"));
        var step = world.Step("train.a", Settings(), new FileInput("rows", [x, y]));
        var keys = new[]
        {
            step,
            step with
            {
                Settings = new JsonObject { ["learning_rate"] = 1e-4, ["list"] = new JsonArray(1, 2) },
            },
            step with
            {
                Settings = new JsonObject { ["learning_rate"] = 2e-4, ["list"] = new JsonArray(2, 1) },
            },
            step with
            {
                Inputs = [new FileInput("rows", [y, x])],
            },
            step with
            {
                Inputs = [new FileInput("rows", [x])],
            },
            step with
            {
                Inputs = [new FileInput("other", [x, y])],
            },
            step with
            {
                Inputs = [new FileInput("rows", [x, y], NamesMatter: true)],
            },
            step with
            {
                Ambient = new Dictionary<string, string> { ["seed"] = "1" },
            },
            step with
            {
                Stage = world.Step("evaluate.a").Stage,
            },
        };
        Assert.Equal(keys.Length, keys.Select(s => KeyOf(world, s)).Distinct().Count());
    }

    private static JsonObject Settings() => new() { ["learning_rate"] = 2e-4, ["list"] = new JsonArray(1, 2) };

    private static string KeyOf(World world, Step step) =>
        Lookup.Key(step, _ => throw new InvalidOperationException(), world.Store.Digests).Key.Hex;
}
