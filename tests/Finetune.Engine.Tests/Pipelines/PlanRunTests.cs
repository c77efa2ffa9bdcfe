using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>What a training takes is said before it is done.</summary>
public sealed class PlanRunTests
{
    [SkippableFact]
    public void Memory_is_known_once_tokens_are_counted_and_is_near_what_a_run_takes()
    {
        using var work = new Workspace();
        var before = ToolProcess.Run(work.Folder, ["plan"]);
        Assert.Contains(
            "memory and time: not known before the tokens are counted",
            before.Out,
            StringComparison.Ordinal
        );

        Assert.Equal(0, work.Run("--until", "tokenize").ExitCode);
        var plan = ToolProcess.Run(work.Folder, ["plan", "-v", "diag"]);
        Assert.True(plan.ExitCode == 0, plan.Error);
        Assert.DoesNotContain("torch", plan.Error, StringComparison.OrdinalIgnoreCase);
        var said = Regex.Match(
            plan.Out,
            @"\ntrain\.instruct: about (\d+) MiB at the peak \(weights \d+ MiB, .*time not known"
        );
        Assert.True(said.Success, plan.Out);

        Assert.Equal(0, work.Run("--until", "train.instruct").ExitCode);
        var peak = Directory
            .GetFiles(Path.Combine(work.Folder, ".finetune", "ac"), "*.json", SearchOption.AllDirectories)
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!.ToJsonString())
            .Where(text => text.Contains("\"training_seconds\"", StringComparison.Ordinal))
            .Select(text =>
                long.Parse(
                    Regex.Match(text, @"""peak_memory_bytes"":(\d+)").Groups[1].Value,
                    CultureInfo.InvariantCulture
                )
            )
            .Single();
        var share = double.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture) * (1 << 20) / peak;
        Assert.InRange(share, 0.8, 1.25);

        // What is in the store needs nothing more.
        Assert.DoesNotContain("at the peak", ToolProcess.Run(work.Folder, ["plan"]).Out, StringComparison.Ordinal);

        File.WriteAllText(
            Path.Combine(work.Folder, ".finetune", "measured.json"),
            """{"precision":"fp32","fp32_gflops":100}"""
        );
        var timed = ToolProcess.Run(work.Folder, ["plan", "--set", "training[0].epochs=200"]);
        Assert.Matches(@"\ntrain\.instruct: about .* \d+ (s|min) of steps\n", timed.Out);
    }

    [SkippableFact]
    public void Too_little_memory_is_said_and_automatic_checkpointing_changes_no_byte()
    {
        // What the runtime is told is the memory there is: less than any training takes.
        var little = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0xA000000" };
        using var work = new Workspace();
        work.Edit("pipeline.yml", "epochs: 2,", "max_steps: 3, checkpointing: auto,");
        ToolProcess Run(string command, params string[] more) =>
            ToolProcess.Run(work.Folder, [command, "pipeline.yml", .. more], variables: little);

        Assert.Equal(0, Run("run", "--until", "tokenize").ExitCode);
        Assert.Contains(", more than the 160 MiB there are: ", Run("plan").Out, StringComparison.Ordinal);
        var tight = Run("run", "--until", "train.instruct", "--json");
        Assert.True(tight.ExitCode == 0, tight.Error);
        Assert.Contains("FT7010", tight.Error, StringComparison.Ordinal);
        Assert.Contains("is likely to run out of memory: ", tight.Error, StringComparison.Ordinal);

        // Computed twice or not, with room or without: the same bytes.
        var again = ToolProcess.Run(work.Folder, ["replay", "train.instruct"]);
        Assert.True(again.ExitCode == 0, again.Out + again.Error);
    }
}
