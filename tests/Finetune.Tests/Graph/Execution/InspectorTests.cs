using System.Text.Json.Nodes;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Graph.Execution;

public sealed class InspectorTests
{
    [Fact]
    public async Task Forecasts_hit_miss_and_unknown_with_the_cause()
    {
        using var world = new World();
        Assert.Equal(
            [
                "a Miss first run of this step",
                "b Unknown depends on a, which would run (first run of this step)",
                "c Unknown depends on a, which would run (first run of this step)",
            ],
            Forecasts(world, ExecutorTests.Chain(world, "rows"))
        );
        await world.RunAsync(ExecutorTests.Chain(world, "rows", new JsonObject { ["lr"] = 0.1 }));
        var same = ExecutorTests.Chain(world, "rows", new JsonObject { ["lr"] = 1e-1 });
        Assert.Equal(["a Hit ", "b Hit ", "c Hit "], Forecasts(world, same));
        var changed = ExecutorTests.Chain(world, "rows", new JsonObject { ["lr"] = 0.2 });
        Assert.Equal("a Miss settings.lr: 0.1 → 0.2", Forecasts(world, changed)[0]);
        Assert.Equal("c Unknown depends on a, which would run (settings.lr: 0.1 → 0.2)", Forecasts(world, changed)[2]);
    }

    [Fact]
    public async Task A_change_can_be_explained_after_its_run_too()
    {
        using var world = new World();
        await world.RunAsync(ExecutorTests.Chain(world, "rows"));
        var changed = ExecutorTests.Chain(world, "other");
        await world.RunAsync(changed);
        var forecasts = Inspect(world, changed);
        Assert.All(forecasts, f => Assert.Equal(Forecast.Hit, f.Forecast));
        Assert.Equal(["inputs.rows", "inputs.from_a", "inputs.from_a"], forecasts.Select(f => f.Difference!.Path));
    }

    [Fact]
    public async Task A_result_that_was_collected_is_named()
    {
        using var world = new World();
        var plan = ExecutorTests.Chain(world, "rows");
        await world.RunAsync(plan);
        new CacheMaintenance(world.Store, TimeProvider.System).Collect(0, null, dryRun: false);
        Assert.Equal("a Miss its result is gone", Forecasts(world, plan)[0]);
    }

    private static IReadOnlyList<StepForecast> Inspect(World world, Plan plan) =>
        new Inspector(world.Store).Inspect(plan, _ => { });

    private static List<string> Forecasts(World world, Plan plan) =>
        [.. Inspect(world, plan).Select(f => $"{f.Step.Name} {f.Forecast} {f.Reason}")];
}
