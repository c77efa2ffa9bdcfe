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
    public async Task What_is_not_here_yet_is_unknown_and_cannot_run()
    {
        using var world = new World();
        var plan = ExecutorTests.Chain(world, "rows");
        var absent = plan.Steps[0] with { Inputs = [new AbsentInput("rows", "not downloaded yet")] };
        plan = plan with { Steps = [absent, .. plan.Steps.Skip(1)] };

        Assert.Equal("a Unknown not downloaded yet", Forecasts(world, plan)[0]);
        Assert.Equal("b Unknown not downloaded yet", Forecasts(world, plan)[1]);
        var result = await world.RunAsync(plan);
        Assert.Equal("FT2001", result.Steps[0].Diagnostics[0].Code);
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

    [Fact]
    public async Task A_file_of_the_user_that_changed_is_named()
    {
        using var world = new World();
        await world.RunAsync(ExecutorTests.Chain(world, "rows"));
        var forecast = Inspect(world, ExecutorTests.Chain(world, "other"))[0];
        Assert.EndsWith(" changed", forecast.Reason, StringComparison.Ordinal);
        Assert.Equal(((FileInput)forecast.Step.Inputs[0]).Paths[0], forecast.Difference!.File);
    }

    [Fact]
    public async Task A_placed_copy_that_was_changed_is_seen()
    {
        using var world = new World();
        var plan = ExecutorTests.Chain(world, "rows");
        var last = plan.Steps[^1];
        var target = Path.Combine(Path.GetDirectoryName(((FileInput)plan.Steps[0].Inputs[0]).Paths[0])!, "placed");
        plan = plan with
        {
            Steps = [.. plan.Steps.SkipLast(1), last with { Placement = new(last.Stage.Outputs[0].Name, target) }],
        };
        await world.RunAsync(plan);
        Assert.Null(Inspect(world, plan)[^1].Drift);
        File.AppendAllText(target, "more");
        Assert.Contains("placed", Inspect(world, plan)[^1].Drift, StringComparison.Ordinal);
        await world.RunAsync(plan);
        Assert.Null(Inspect(world, plan)[^1].Drift);
    }

    private static IReadOnlyList<StepForecast> Inspect(World world, Plan plan) =>
        new Inspector(world.Store).Inspect(plan, _ => { });

    private static List<string> Forecasts(World world, Plan plan) =>
        [.. Inspect(world, plan).Select(f => $"{f.Step.Name} {f.Forecast} {f.Reason}")];
}
