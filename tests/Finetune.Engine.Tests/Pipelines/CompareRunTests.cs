using System.Text.Json.Nodes;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Past runs side by side.</summary>
public sealed class CompareRunTests
{
    [SkippableFact]
    public void Two_runs_are_told_apart_by_what_differs()
    {
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 1,");
        var first = work.Run();
        Assert.True(first.ExitCode == 0, first.Error);
        var second = work.Run("--set", "training[0].max_steps=4");
        Assert.True(second.ExitCode == 0, second.Error);
        var (one, two) = ((string)first.RunFinished["run"]!, (string)second.RunFinished["run"]!);

        var text = ToolProcess.Run(work.Folder, ["compare", one, two, "--html", "out/c.html", "-v", "diag"]);

        Assert.True(text.ExitCode == 0, text.Error);
        Assert.Matches(@"\n  training\[0\]\.max_steps +1 +4\n", text.Out);
        Assert.Matches(@"\n  test +40 +40 \(40 shared\)\n", text.Out);
        Assert.Matches(@"\n  zero_shot\.accuracy .*\n +the same answers\n", text.Out);
        Assert.Matches(
            @"\n  tuned\.perplexity .*\n +[-+][0-9.E+]+ \(.* to .*\)\n +(better|worse|not disting.*), 40 rows",
            text.Out
        );
        Assert.DoesNotContain("torch", text.Error, StringComparison.OrdinalIgnoreCase);
        var page = File.ReadAllText(Path.Combine(work.Folder, "out", "c.html"));
        Assert.Contains("<code>training[0].max_steps</code>", page, StringComparison.Ordinal);

        var json = ToolProcess.Run(work.Folder, ["compare", one, two, "--json"]);
        var settings = JsonNode.Parse(json.Out)!["settings"]!.AsArray();
        Assert.Equal("training[0].max_steps", (string?)settings.Single()!["path"]);

        Assert.Equal(1, ToolProcess.Run(work.Folder, ["compare", one]).ExitCode);
        var unknown = ToolProcess.Run(work.Folder, ["compare", one, two + "0"]);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains($"did you mean '{two}'?", unknown.Error, StringComparison.Ordinal);

        // Results that were collected are told, not guessed.
        Directory.Delete(Path.Combine(work.Folder, ".finetune", "outputs"), recursive: true);
        var gone = ToolProcess.Run(work.Folder, ["compare", one, two]);
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("the store no longer has all results of run", gone.Error, StringComparison.Ordinal);
    }
}
