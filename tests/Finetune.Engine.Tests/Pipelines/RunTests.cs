namespace Finetune.Engine.Tests.Pipelines;

/// <summary>The cache and the kill law, on the real process with the real model.</summary>
public sealed class RunTests
{
    [Fact]
    public void A_second_run_does_nothing_and_an_edit_reruns_exactly_what_depends_on_it()
    {
        using var work = new Workspace();
        var first = Json(work);
        Assert.Equal(0, first.ExitCode);
        Assert.DoesNotContain("cached", first.Statuses.Values);
        Assert.Equal("", Json(work).Executed);

        work.Edit("pipeline.yml", "name: small", "# a remark\nname: small");
        Assert.Equal("", Json(work).Executed);

        work.Edit("pipeline.yml", "version: 1\n", "");
        File.AppendAllText(work.Pipeline, "version: 1\n");
        Assert.Equal("", Json(work).Executed);

        work.Edit("pipeline.yml", "samples: 5", "samples: 6");
        Assert.Equal("report", Json(work).Executed);

        work.Edit("pipeline.yml", "1.0e-3", "2.0e-3");
        Assert.Contains("0.002", Explain(work, "train.instruct"), StringComparison.Ordinal);
        Assert.Equal("train.instruct evaluate.tuned verdict report", Json(work).Executed);

        // A template that nothing uses any more renders nothing.
        work.Edit("pipeline.yml", "{{ request }} ->", "{{ request }} =>");
        Assert.Contains("train.instruct", Cached(Json(work)));

        work.Edit("pipeline.yml", "Request: {{ request }}", "Message: {{ request }}");
        var template = Json(work).Executed;
        Assert.Equal("render tokenize train.instruct evaluate.zero_shot evaluate.tuned verdict report", template);

        var line = File.ReadLines(Path.Combine(work.Folder, "household.csv")).ElementAt(3);
        work.Edit("household.csv", line, line.Insert(1, "well, "));
        var row = Json(work);
        Assert.StartsWith("ingest.requests split render", row.Executed, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killed_training_ends_with_the_same_bytes()
    {
        using var uncut = new Workspace();
        var whole = Json(uncut);
        Assert.Equal(0, whole.ExitCode);

        using var cut = new Workspace();
        var kills = 0;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var process = cut.Tool.Start("run", "pipeline.yml", "--json");
            var checkpoints = Path.Combine(cut.Folder, ".finetune", "checkpoints");
            while (!process.HasExited && !HasCheckpoint(checkpoints, attempt))
            {
                Thread.Sleep(5);
            }

            kills += process.HasExited ? 0 : 1;
            process.Kill();
            process.WaitForExit();
        }

        Assert.True(kills > 0, "the training ended before it could be killed");
        var resumed = Json(cut);
        Assert.Equal(0, resumed.ExitCode);
        foreach (
            var (step, output) in new[]
            {
                ("train.instruct", "model"),
                ("train.instruct", "log"),
                ("verdict", "verdict"),
            }
        )
        {
            Assert.Equal(Workspace.Digest(whole.PathOf(step, output)), Workspace.Digest(resumed.PathOf(step, output)));
        }
    }

    private static bool HasCheckpoint(string folder, int after) =>
        Directory.Exists(folder)
        && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Skip(after).Any();

    private static Finished Json(Workspace work) => work.Tool.Run("run", "pipeline.yml", "--json");

    private static string Explain(Workspace work, string step) => work.Tool.Run("explain", step, "pipeline.yml").Output;

    private static IEnumerable<string> Cached(Finished run) =>
        run.Statuses.Where(s => s.Value == "cached").Select(s => s.Key);
}
