using System.Diagnostics;
using System.Text.Json.Nodes;
using Finetune.Tests.Cli;

namespace Finetune.Engine.Tests.Pipelines;

/// <summary>Runs that end in the middle of a training.</summary>
internal static class Cut
{
    /// <summary>Starts the pipeline and kills it when a step of train.instruct is done.</summary>
    public static void KillAtStep(Workspace work, int step)
    {
        using var process = ToolProcess.Start(work.Folder, "run", "pipeline.yml", "--json");
        _ = process.StandardError.ReadToEndAsync();
        WaitForStep(process, step);
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Reads events until a step of train.instruct is done.</summary>
    public static void WaitForStep(Process process, int step)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var happened = JsonNode.Parse(line)!;
            if ((string?)happened["step"] == "train.instruct" && happened["done"] is { } done && (int)done >= step)
            {
                return;
            }
        }

        Assert.Fail($"the run ended before step {step} of the training");
    }
}
