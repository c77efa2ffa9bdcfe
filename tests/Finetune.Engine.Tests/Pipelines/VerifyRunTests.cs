using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Whether a report can be believed, and whether a step gives the same bytes again.</summary>
public sealed class VerifyRunTests
{
    [SkippableFact]
    public void A_report_is_held_against_all_that_it_rests_on_and_steps_give_the_same_bytes_again()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 2,");
        var run = work.Run();
        Assert.True(run.ExitCode == 0, run.Error);
        var id = (string)run.RunFinished["run"]!;
        var report = Path.Combine(work.Folder, ".finetune", "runs", id, "report.html");
        var copy = Path.Combine(work.Folder, "mailed.html");
        File.Copy(report, copy);

        foreach (string[] named in new string[][] { [], [id], [id[..^1]], [report], ["mailed.html"] })
        {
            var held = ToolProcess.Run(work.Folder, ["verify", .. named, "-v", "diag"]);
            Assert.True(held.ExitCode == 0, held.Out + held.Error);
            Assert.Contains(
                "holds  verdict: the same figures again from the predictions of 2",
                held.Out,
                StringComparison.Ordinal
            );
            Assert.EndsWith($"run {id} is what it says\n", held.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("torch", held.Error, StringComparison.OrdinalIgnoreCase);
        }

        foreach (var step in new[] { "split", "train.instruct", "evaluate.tuned", "verdict", "report" })
        {
            var again = ToolProcess.Run(work.Folder, ["replay", step]);
            Assert.True(again.ExitCode == 0, again.Out + again.Error);
            Assert.StartsWith($"{step}: the same bytes again (", again.Out, StringComparison.Ordinal);
        }

        // Who replays wants nothing kept: the store is as it was.
        Assert.Equal(0, ToolProcess.Run(work.Folder, ["status", "--check"]).ExitCode);
        Assert.Empty(Directory.GetDirectories(Path.Combine(work.Folder, ".finetune", "tmp")));

        File.AppendAllText(copy, " ");
        var mailed = ToolProcess.Run(work.Folder, ["verify", "mailed.html"]);
        Assert.Equal(7, mailed.ExitCode);
        Assert.Contains("FT6401", mailed.Error, StringComparison.Ordinal);

        File.WriteAllText(
            report,
            File.ReadAllText(report).Replace("rows right", "rows right!", StringComparison.Ordinal)
        );
        var changed = ToolProcess.Run(work.Folder, ["verify", id]);
        Assert.Equal(7, changed.ExitCode);
        Assert.Contains($"fault  {report}: changed since the run wrote it", changed.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("holds  report", changed.Out, StringComparison.Ordinal);
        Assert.EndsWith($"run {id} is not what it says\n", changed.Out, StringComparison.Ordinal);
        File.Delete(report);

        // A prediction that was touched up, with its name in the store: other bytes than it says.
        var predictions = Directory
            .GetFiles(
                Path.Combine(work.Folder, ".finetune", "outputs"),
                "predictions.jsonl",
                SearchOption.AllDirectories
            )
            .First();
        var text = File.ReadAllText(predictions);
        File.SetAttributes(predictions, FileAttributes.Normal);
        using (var open = new FileStream(predictions, FileMode.Open, FileAccess.Write))
        {
            open.Seek(text.IndexOf("\"row\":", StringComparison.Ordinal) + 6, SeekOrigin.Begin);
            open.WriteByte((byte)'9');
        }

        var touched = ToolProcess.Run(work.Folder, ["verify", id]);
        Assert.Equal(7, touched.ExitCode);
        Assert.Contains("fault  evaluate.", touched.Out, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void What_cannot_be_checked_is_said()
    {
        using var work = new Workspace();

        var none = ToolProcess.Run(work.Folder, ["verify"]);
        Assert.Equal(1, none.ExitCode);
        Assert.Contains("no run here has a report", none.Error, StringComparison.Ordinal);

        var early = ToolProcess.Run(work.Folder, ["replay", "split"]);
        Assert.Equal(1, early.ExitCode);
        Assert.Contains("split has no result to compare with", early.Error, StringComparison.Ordinal);

        var unknown = ToolProcess.Run(work.Folder, ["replay", "train.instrct"]);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("did you mean 'train.instruct'?", unknown.Error, StringComparison.Ordinal);
    }
}
