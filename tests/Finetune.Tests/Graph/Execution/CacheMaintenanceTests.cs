using System.Text.Json.Nodes;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Graph.Execution;

public sealed class CacheMaintenanceTests
{
    private static readonly DateTime LongAgo = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Collects_the_longest_unused_and_leaves_a_whole_store()
    {
        using var world = new World();
        var plans = Enumerable
            .Range(0, 3)
            .Select(i => world.Plan(world.Step("a", new JsonObject { ["i"] = i })))
            .ToList();
        var keys = new List<string>();
        foreach (var plan in plans)
        {
            keys.Add((await world.RunAsync(plan)).Steps[0].Key!);
            File.SetLastWriteTimeUtc(world.Store.Paths.Result(keys[^1]), LongAgo.AddDays(keys.Count));
        }

        await world.RunAsync(plans[0]);
        var care = new CacheMaintenance(world.Store, TimeProvider.System);
        var info = care.Info();
        var planned = care.Collect(info.Bytes - 1, null, dryRun: true);
        Assert.Equal(info, care.Info());
        Assert.Equal(planned, care.Collect(info.Bytes - 1, null, dryRun: false));
        Assert.Equal(1, planned!.Results);
        Assert.True(File.Exists(world.Store.Paths.Result(keys[0])));
        Assert.False(File.Exists(world.Store.Paths.Result(keys[1])));
        Assert.False(Directory.Exists(world.Store.Paths.OutputFolder(keys[1])));
        Assert.Empty(care.Verify(repair: false));
    }

    [Fact]
    public async Task Nothing_is_collected_while_a_run_lives()
    {
        using var world = new World();
        var care = new CacheMaintenance(world.Store, TimeProvider.System);
        CollectionResult? during = new(-1, -1, -1);
        Task Run(StageContext context, CancellationToken cancellationToken)
        {
            during = care.Collect(0, null, dryRun: false);
            File.WriteAllText(context.Output("text"), File.ReadAllText(context.Input("from_a")));
            return Task.CompletedTask;
        }

        var plan = world.Plan(world.Step("a"), world.Step("b", Run, null, World.From("a")));
        Assert.True((await world.RunAsync(plan)).Ok);
        Assert.Null(during);
        Assert.Equal(2, care.Collect(0, null, dryRun: false)!.Results);
        Assert.Equal(0, care.Info().Bytes);
    }

    [Fact]
    public async Task The_budget_never_takes_what_the_run_itself_made_or_used()
    {
        using var world = new World();
        var care = new CacheMaintenance(world.Store, TimeProvider.System);
        var old = await world.RunAsync(world.Plan(world.Step("a", new JsonObject { ["i"] = 1 })));
        var run = await world.RunAsync(world.Plan(world.Step("a", new JsonObject { ["i"] = 2 })));
        Assert.Equal(1, care.KeepBudget(run, budget: 1)!.Results);
        Assert.True(File.Exists(run.Steps[0].Outputs["text"]));
        Assert.False(File.Exists(old.Steps[0].Outputs["text"]));
        Assert.Empty(care.Verify(repair: false));
    }

    [Fact]
    public async Task Verify_names_damage_and_repairs_it()
    {
        using var world = new World();
        var step = (await world.RunAsync(world.Plan(world.Step("a")))).Steps[0];
        var care = new CacheMaintenance(world.Store, TimeProvider.System);
        File.Delete(world.Store.Paths.Blob(step.Digests["text"]));
        Assert.Contains("is missing", Assert.Single(care.Verify(repair: false)), StringComparison.Ordinal);
        Assert.Single(care.Verify(repair: true));
        Assert.Empty(care.Verify(repair: false));
    }

    [Fact]
    public async Task Old_results_go_by_age()
    {
        using var world = new World();
        var step = (await world.RunAsync(world.Plan(world.Step("a")))).Steps[0];
        var care = new CacheMaintenance(world.Store, TimeProvider.System);
        Assert.Equal(0, care.Collect(null, TimeSpan.FromDays(30), dryRun: false)!.Results);
        File.SetLastWriteTimeUtc(world.Store.Paths.Result(step.Key!), LongAgo);
        Assert.Equal(1, care.Collect(null, TimeSpan.FromDays(30), dryRun: false)!.Results);
    }
}
