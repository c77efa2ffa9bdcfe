using System.Text.Json.Nodes;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Execution;
using Finetune.Graph.Planning;

namespace Finetune.Tests.Graph.Execution;

public sealed class ExecutorTests
{
    [Fact]
    public async Task A_second_run_does_nothing_and_shows_the_same_outputs()
    {
        using var world = new World();
        var plan = Chain(world, "rows");
        var first = await world.RunAsync(plan);
        Assert.Equal(["a", "b", "c"], world.Executed());
        var second = await world.RunAsync(plan);
        Assert.Empty(world.Executed());
        Assert.All(second.Steps, s => Assert.Equal(StepStatus.Cached, s.Status));
        Assert.Equal(first.Steps.Select(s => s.Outputs["text"]), second.Steps.Select(s => s.Outputs["text"]));
        Assert.Equal("text.txt", Path.GetFileName(second.Steps[2].Outputs["text"]));
        Assert.Equal(first.Steps[0].Facts.ToJsonString(), second.Steps[0].Facts.ToJsonString());
    }

    [Fact]
    public async Task Equal_output_of_a_changed_step_stops_the_change()
    {
        using var world = new World();
        await world.RunAsync(Chain(world, "rows", new JsonObject { ["short"] = true }));
        world.Executed();
        await world.RunAsync(Chain(world, "rest", new JsonObject { ["short"] = true }));
        Assert.Equal(["a"], world.Executed());
    }

    [Fact]
    public async Task A_failed_step_takes_only_its_dependents_with_it()
    {
        using var world = new World();
        var plan = world.Plan(
            world.Step("good"),
            world.Step("bad", (_, _) => throw Wrong(ExitCode.Environment), null),
            world.Step("after", null, World.From("bad")),
            world.Step("last", null, World.From("good"))
        );
        var result = await world.RunAsync(plan);
        Assert.Equal(
            [StepStatus.Executed, StepStatus.Failed, StepStatus.Skipped, StepStatus.Executed],
            result.Steps.Select(s => s.Status)
        );
        Assert.Equal("bad failed", result.Find("after")!.Reason);
        Assert.Equal("FT2001", result.Find("bad")!.Diagnostics[0].Code);
        Assert.Equal(ExitCode.Environment, result.ExitCode);
        Assert.False(result.Ok);
        Assert.Null(result.Find("bad")!.Bug);
    }

    [Fact]
    public async Task A_bug_is_kept_for_a_report()
    {
        using var world = new World();
        var step = world.Step("a", (_, _) => throw new NotSupportedException("x"), null);
        var result = await world.RunAsync(world.Plan(step));
        Assert.IsType<NotSupportedException>(result.Steps[0].Bug);
        Assert.Equal("FT9901", result.Steps[0].Diagnostics[0].Code);
        Assert.Equal(ExitCode.StepFailed, result.ExitCode);
    }

    [Fact]
    public async Task A_stage_that_leaves_no_output_publishes_nothing()
    {
        using var world = new World();
        var result = await world.RunAsync(world.Plan(world.Step("a", (_, _) => Task.CompletedTask, null)));
        Assert.Equal(StepStatus.Failed, result.Steps[0].Status);
        Assert.False(Directory.Exists(world.Store.Paths.Results));
    }

    [Fact]
    public async Task Nothing_is_kept_of_inputs_that_moved_while_the_step_ran()
    {
        using var world = new World();
        var rows = world.Write("rows", "1");
        Task Run(StageContext context, CancellationToken cancellationToken)
        {
            File.WriteAllText(context.Output("text"), File.ReadAllText(rows));
            File.WriteAllText(rows, "2");
            return Task.CompletedTask;
        }

        var result = await world.RunAsync(world.Plan(world.Step("a", Run, null, new FileInput("rows", [rows]))));
        Assert.Equal("FT6201", result.Steps[0].Diagnostics[0].Code);
        Assert.False(Directory.Exists(world.Store.Paths.Results));
    }

    [Fact]
    public async Task Many_runs_at_a_time_execute_a_key_once()
    {
        using var world = new World();
        async Task Run(StageContext context, CancellationToken cancellationToken)
        {
            await Task.Delay(100, cancellationToken);
            await File.WriteAllTextAsync(context.Output("text"), "x", cancellationToken);
        }

        var plan = world.Plan(world.Step("heavy", Run, null));
        var runs = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => world.RunAsync(plan))));
        Assert.Equal(["heavy"], world.Executed());
        Assert.Equal(1, runs.Count(r => r.Steps[0].Status == StepStatus.Executed));
        Assert.All(runs, r => Assert.True(r.Ok, string.Join("; ", r.Steps[0].Diagnostics)));
    }

    [Fact]
    public async Task Heavy_steps_run_one_at_a_time()
    {
        using var world = new World();
        var (now, most) = (0, 0);
        Task Run(StageContext context, CancellationToken cancellationToken)
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            Thread.Sleep(20);
            Interlocked.Decrement(ref now);
            File.WriteAllText(context.Output("text"), context.Step.Name);
            return Task.CompletedTask;
        }

        var steps = Enumerable.Range(0, 4).Select(i => world.Step($"heavy.{i}", Run, new JsonObject { ["i"] = i }));
        Assert.True((await world.RunAsync(world.Plan([.. steps]))).Ok);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Checkpoints_outlive_a_cut_run_and_go_when_the_step_is_published()
    {
        using var world = new World();
        using var stop = new CancellationTokenSource();
        string? folder = null;
        async Task Run(StageContext context, CancellationToken cancellationToken)
        {
            folder = context.CheckpointFolder;
            var mark = Path.Combine(folder, "step-1");
            if (!File.Exists(mark))
            {
                await File.WriteAllTextAsync(mark, "", CancellationToken.None);
                await stop.CancelAsync();
                cancellationToken.ThrowIfCancellationRequested();
            }

            await File.WriteAllTextAsync(context.Output("text"), "resumed", cancellationToken);
        }

        var plan = world.Plan(world.Step("a", Run, null), world.Step("b", null, World.From("a")));
        var cut = await world.RunAsync(plan, cancellationToken: stop.Token);
        Assert.True(cut.Cancelled);
        Assert.All(cut.Steps, s => Assert.Equal(StepStatus.Skipped, s.Status));
        var whole = await world.RunAsync(plan);
        Assert.Equal("resumed", await File.ReadAllTextAsync(whole.Steps[0].Outputs["text"]));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Warnings_are_shown_again_on_a_cached_run()
    {
        using var world = new World();
        Task Run(StageContext context, CancellationToken cancellationToken)
        {
            context.Warn(new Diagnostic("FT2002", "careful", Cure: "look", Row: 3));
            File.WriteAllText(context.Output("text"), "");
            return Task.CompletedTask;
        }

        var plan = world.Plan(world.Step("a", Run, null));
        var expected = new Diagnostic("FT2002", "careful", Cure: "look", Row: 3, Severity: Severity.Warning);
        Assert.Equal([expected], (await world.RunAsync(plan)).Steps[0].Diagnostics);
        Assert.Equal([expected], (await world.RunAsync(plan)).Steps[0].Diagnostics);
    }

    [Fact]
    public async Task Steps_can_be_chosen_and_forced()
    {
        using var world = new World();
        var plan = Chain(world, "rows");
        var until = await world.RunAsync(plan, new RunOptions { Until = ["b"] });
        Assert.Equal(["a", "b"], world.Executed());
        Assert.Equal(StepStatus.Skipped, until.Find("c")!.Status);
        await world.RunAsync(plan, new RunOptions { From = ["b"], Force = ["a", "b"] });
        Assert.Equal(["b", "c"], world.Executed());
        await world.RunAsync(plan, new RunOptions { Only = ["a"], Force = ["a"] });
        Assert.Equal(["a"], world.Executed());
        var wrong = await Assert.ThrowsAsync<PipelineException>(() =>
            world.RunAsync(plan, new RunOptions { Only = ["d"] })
        );
        Assert.Equal(ExitCode.Usage, wrong.ExitCode);
    }

    [Fact]
    public async Task A_placed_copy_is_put_right_on_every_run()
    {
        using var world = new World();
        var target = world.At("out/copy.txt");
        var plan = world.Plan(world.Step("a") with { Placement = new Placement("text", target) });
        await world.RunAsync(plan);
        var text = await File.ReadAllTextAsync(target);
        await File.WriteAllTextAsync(target, new string('x', text.Length));
        await world.RunAsync(plan);
        Assert.Equal(text, await File.ReadAllTextAsync(target));
        Assert.Equal(["a"], world.Executed());
        File.Delete(target);
        Directory.CreateDirectory(target);
        var blocked = await world.RunAsync(plan);
        Assert.Equal("FT6202", blocked.Steps[0].Diagnostics[0].Code);
    }

    [Fact]
    public async Task A_missing_file_fails_its_step()
    {
        using var world = new World();
        var step = world.Step("a", null, new FileInput("f", [world.At("none")]));
        var result = await world.RunAsync(world.Plan(step));
        Assert.Equal("FT2001", result.Steps[0].Diagnostics[0].Code);
    }

    [Fact]
    public async Task A_whole_cached_plan_is_answered_at_once()
    {
        using var world = new World();
        var steps = Enumerable
            .Range(0, 15)
            .Select(i =>
                world.Step(
                    $"s{i}",
                    new JsonObject { ["i"] = i },
                    [.. Enumerable.Range(0, i).Take(1).Select(p => World.From($"s{p}"))]
                )
            );
        var plan = world.Plan([.. steps]);
        await world.RunAsync(plan);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await world.RunAsync(plan);
            var elapsed = TimeProvider.System.GetElapsedTime(start);
            best = elapsed < best ? elapsed : best;
        }

        Assert.InRange(best.TotalMilliseconds, 0, 300);
    }

    internal static Plan Chain(World world, string rows, JsonObject? firstSettings = null) =>
        world.Plan(
            world.Step("a", firstSettings, new FileInput("rows", [world.Write("rows", rows)])),
            world.Step("b", null, World.From("a")),
            world.Step("c", null, World.From("a"), World.From("b"))
        );

    private static PipelineException Wrong(ExitCode code) => new(new Diagnostic("FT2001", "wrong"), code);
}
