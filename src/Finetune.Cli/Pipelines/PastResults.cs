using System.Text.Json.Nodes;
using Finetune.Cli.Invocation;
using Finetune.Graph.Execution;
using Finetune.Stages.Artifacts;

namespace Finetune.Cli.Pipelines;

/// <summary>What a past run left in the store.</summary>
internal static class PastResults
{
    private const string Evaluation = "evaluate.";

    /// <summary>What comparing it needs.</summary>
    /// <exception cref="UsageException">It had no verdict, or the store no longer has its results.</exception>
    public static ComparedRun Of(PastRun run)
    {
        var outputs = run.Outputs();
        if (!outputs.TryGetValue("verdict", out var judged))
        {
            throw new UsageException($"run {run.Id} has no verdict", "compare runs that went to their end");
        }

        var predictions = outputs
            .Where(step => step.Key.StartsWith(Evaluation, StringComparison.Ordinal))
            .ToDictionary(
                step => step.Key[Evaluation.Length..],
                step => step.Value["predictions"],
                StringComparer.Ordinal
            );
        var splits = outputs.GetValueOrDefault("split") ?? new Dictionary<string, string>();
        var files = predictions.Values.Append(judged["verdict"]).Concat(splits.Values);
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } gone)
        {
            throw new UsageException(
                $"the store no longer has all results of run {run.Id}: {gone} is gone",
                "run its document again; only what is missing is made"
            );
        }

        return new ComparedRun(
            run.Id,
            (string?)run.Summary["name"] ?? "",
            (double?)run.Summary["seconds"] ?? 0,
            run.Summary["settings"] as JsonObject,
            VerdictFile.Read(judged["verdict"]),
            splits,
            predictions
        );
    }
}
