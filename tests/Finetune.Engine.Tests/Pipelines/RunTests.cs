using System.Diagnostics;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>The cache and the kill law, on the real process with the real model.</summary>
public sealed class RunTests
{
    private const string AfterTraining = "train.instruct evaluate.tuned verdict report";

    [SkippableFact]
    public void A_second_run_does_nothing_and_an_edit_reruns_exactly_what_depends_on_it()
    {
        using var work = new Workspace();
        var first = work.Run();
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Equal(
            "ingest.requests split render tokenize train.instruct evaluate.zero_shot evaluate.tuned verdict report",
            first.Executed
        );
        Assert.Equal("", work.Run().Executed);

        work.Edit("pipeline.yml", "name: small", "# a remark\nname: small");
        Assert.Equal("", work.Run().Executed);

        work.Edit("pipeline.yml", "version: 1\n", "");
        File.AppendAllText(work.Pipeline, "version: 1\n");
        Assert.Equal("", work.Run().Executed);

        work.Edit("pipeline.yml", "samples: 5", "samples: 6");
        Assert.Contains("samples", Explain(work, "report"), StringComparison.Ordinal);
        Assert.Equal("report", work.Run().Executed);

        work.Edit("pipeline.yml", "1.0e-3", "2.0e-3");
        Assert.Contains("0.002", Explain(work, "train.instruct"), StringComparison.Ordinal);
        Assert.Contains("train.instruct would run", Explain(work, "verdict"), StringComparison.Ordinal);
        Assert.Equal(AfterTraining, work.Run().Executed);

        // A wording that nothing uses is no input of rendering; the report shows the document as it stands.
        work.Edit("pipeline.yml", "{{ request }} ->", "{{ request }} =>");
        Assert.Equal("report", work.Run().Executed);

        work.Edit("pipeline.yml", "Request: {{ request }}", "Message: {{ request }}");
        Assert.Contains("Message", Explain(work, "render"), StringComparison.Ordinal);
        Assert.Equal(
            "render tokenize train.instruct evaluate.zero_shot evaluate.tuned verdict report",
            work.Run().Executed
        );

        var line = File.ReadLines(Path.Combine(work.Folder, "household.csv")).ElementAt(3);
        work.Edit("household.csv", line, line.Insert(line.IndexOf(',', StringComparison.Ordinal) + 1, "well "));
        Assert.Contains("household.csv", Explain(work, "ingest.requests"), StringComparison.Ordinal);
        Assert.StartsWith("ingest.requests split render", work.Run().Executed, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_training_killed_three_times_ends_with_the_same_bytes()
    {
        using var uncut = new Workspace();
        var whole = uncut.Run();
        Assert.True(whole.ExitCode == 0, whole.Error);

        using var cut = new Workspace();
        for (var kill = 1; kill <= 3; kill++)
        {
            Cut.KillAtStep(cut, 10 * kill);
        }

        var resumed = cut.Run();
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        foreach (var output in new[] { "model", "log", "summary" })
        {
            Assert.Equal(
                Workspace.Digest(whole.PathOf("train.instruct", output)),
                Workspace.Digest(resumed.PathOf("train.instruct", output))
            );
        }

        Assert.Equal(
            Workspace.Digest(whole.PathOf("verdict", "verdict")),
            Workspace.Digest(resumed.PathOf("verdict", "verdict"))
        );
    }

    [SkippableFact]
    public void Sigterm_stops_with_143_and_the_next_run_goes_on()
    {
        Skip.If(OperatingSystem.IsWindows(), "there is no SIGTERM");
        using var work = new Workspace();
        using var process = ToolProcess.Start(work.Folder, "run", "pipeline.yml", "--json");
        var error = process.StandardError.ReadToEndAsync();
        Cut.WaitForStep(process, 7);
        using (Process.Start("kill", ["-TERM", $"{process.Id}"])) { }

        var rest = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(143, process.ExitCode);
        Assert.Contains("\"run-finished\"", rest, StringComparison.Ordinal);
        Assert.Contains("stopping", error.Result, StringComparison.Ordinal);

        var next = work.Run();
        Assert.True(next.ExitCode == 0, next.Error);
        Assert.Equal(AfterTraining[..AfterTraining.IndexOf(' ', StringComparison.Ordinal)], Training(next));
        Assert.True(FirstStep(next) > 7, "the training began again");
    }

    private static string Training(ToolProcess run) =>
        run.Executed.Split(' ').Single(s => s.StartsWith("train.", StringComparison.Ordinal));

    private static int FirstStep(ToolProcess run) =>
        run
            .Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!)
            .Where(e => (string?)e["step"] == "train.instruct" && e["done"] is not null)
            .Select(e => (int)e["done"]!)
            .First();

    [SkippableFact]
    public void Layers_that_are_computed_twice_train_the_same_bytes()
    {
        using var plain = new Workspace();
        using var twice = new Workspace();
        twice.Edit("pipeline.yml", "batch_size: 8", "batch_size: 8, checkpointing: layer");
        plain.Edit("pipeline.yml", "epochs: 2", "max_steps: 6");
        twice.Edit("pipeline.yml", "epochs: 2", "max_steps: 6");

        var (first, second) = (plain.Run("--until", "train.instruct"), twice.Run("--until", "train.instruct"));

        Assert.True(second.ExitCode == 0, second.Error);

        // Nothing but events is on standard output, and no library has a word beside them.
        Assert.All(
            second.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith("{", line, StringComparison.Ordinal)
        );
        Assert.DoesNotContain("save_for_backward", second.Error, StringComparison.Ordinal);
        Assert.Equal(
            Workspace.Digest(first.PathOf("train.instruct", "model")),
            Workspace.Digest(second.PathOf("train.instruct", "model"))
        );
        Assert.Equal(
            "",
            twice.Run("--until", "train.instruct", "--set", "training.instruct.checkpointing=none").Executed
        );
    }

    private static string Explain(Workspace work, string step) =>
        ToolProcess.Run(work.Folder, ["explain", step, "pipeline.yml"]).Out;
}
