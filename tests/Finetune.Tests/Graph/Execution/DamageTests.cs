using Finetune.Graph.Caching;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Graph.Execution;

public sealed class DamageTests
{
    [Theory]
    [InlineData("blob-same-size")]
    [InlineData("blob-cut")]
    [InlineData("blob-gone")]
    [InlineData("result-cut")]
    [InlineData("result-empty")]
    public async Task A_damaged_entry_is_a_warning_and_made_again(string damage)
    {
        using var world = new World();
        var plan = ExecutorTests.Chain(world, "rows");
        var result = (await world.RunAsync(plan)).Find("b")!;
        var text = await File.ReadAllTextAsync(result.Outputs["text"]);
        Damage(world, result, damage);
        world.Executed();
        var second = await world.RunAsync(plan);
        Assert.Equal(["b"], world.Executed());
        Assert.Contains(second.Find("b")!.Diagnostics, d => d.Code == "FT6101");
        Assert.Equal(text, await File.ReadAllTextAsync(second.Find("b")!.Outputs["text"]));
        var third = await world.RunAsync(plan);
        Assert.All(third.Steps, s => Assert.Equal(StepStatus.Cached, s.Status));
    }

    [Fact]
    public async Task A_readable_output_that_was_replaced_is_put_right()
    {
        using var world = new World();
        var plan = ExecutorTests.Chain(world, "rows");
        var path = (await world.RunAsync(plan)).Find("b")!.Outputs["text"];
        var text = await File.ReadAllTextAsync(path);
        File.Delete(path);
        await File.WriteAllTextAsync(path, new string('x', text.Length));
        await world.RunAsync(plan);
        Assert.Equal(text, await File.ReadAllTextAsync(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_folder_output_is_exactly_its_files()
    {
        using var world = new World();
        Task Run(StageContext context, CancellationToken cancellationToken)
        {
            Directory.CreateDirectory(Path.Combine(context.Output("text"), "sub"));
            File.WriteAllText(Path.Combine(context.Output("text"), "sub", "a"), "1");
            File.WriteAllText(Path.Combine(context.Output("text"), "b"), "2");
            return Task.CompletedTask;
        }

        var plan = world.Plan(world.Step("folder", Run, null));
        var folder = (await world.RunAsync(plan)).Steps[0].Outputs["text"];
        await File.WriteAllTextAsync(Path.Combine(folder, "stranger"), "");
        File.Delete(Path.Combine(folder, "sub", "a"));
        await world.RunAsync(plan);
        var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        Assert.Equal(["b", "sub/a"], files.Select(f => Path.GetRelativePath(folder, f)).Order(StringComparer.Ordinal));
        Assert.Equal(["folder"], world.Executed());
    }

    [Theory]
    [InlineData("before-blob")]
    [InlineData("after-blob")]
    [InlineData("after-blobs")]
    [InlineData("before-result")]
    [InlineData("after-result")]
    public async Task A_crash_while_publishing_leaves_no_half_result(string point)
    {
        using var world = new World();
        var plan = ExecutorTests.Chain(world, "rows");
        world.Store = new ArtifactStore(world.At("store"), TimeProvider.System)
        {
            CrashPoint = p => _ = p == point ? throw new InvalidOperationException("crash") : 0,
        };
        var crashed = await world.RunAsync(plan);
        Assert.Equal(StepStatus.Failed, crashed.Steps[0].Status);
        world.Store = new ArtifactStore(world.At("store"), TimeProvider.System);
        Assert.Empty(new CacheMaintenance(world.Store, TimeProvider.System).Verify(repair: false));
        world.Executed();
        var again = await world.RunAsync(plan);
        Assert.True(again.Ok);
        Assert.All(again.Steps, s => Assert.Empty(s.Diagnostics));
        Assert.Equal(point == "after-result" ? ["b", "c"] : ["a", "b", "c"], world.Executed());
    }

    private static void Damage(World world, StepResult step, string damage)
    {
        var blob = world.Store.Paths.Blob(step.Digests["text"]);
        var result = world.Store.Paths.Result(step.Key!);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(blob, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        switch (damage)
        {
            case "blob-same-size":
                File.WriteAllText(blob, new string('x', (int)new FileInfo(blob).Length));
                break;
            case "blob-cut":
                File.WriteAllText(blob, "");
                break;
            case "blob-gone":
                File.Delete(blob);
                break;
            case "result-cut":
                File.WriteAllText(result, File.ReadAllText(result)[..^40]);
                break;
            default:
                File.WriteAllText(result, "");
                break;
        }
    }
}
