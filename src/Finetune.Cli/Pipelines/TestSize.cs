using System.Globalization;
using Finetune.Engine.Metrics;
using Finetune.Graph.Caching;
using Finetune.Graph.Execution;
using Finetune.Stages.Artifacts;

namespace Finetune.Cli.Pipelines;

/// <summary>What a pipeline's test rows can show, said before anything is trained.</summary>
internal static class TestSize
{
    private static readonly double[] Differing = [0.1, 0.3];

    /// <summary>One line; null where nothing is compared.</summary>
    public static string? Of(IReadOnlyList<StepForecast> forecasts, ArtifactStore store)
    {
        if (forecasts.All(f => f.Step.Kind != "verdict"))
        {
            return null;
        }

        var split = forecasts.First(f => f.Step.Kind == "split");
        if (split.Result?.Outputs.Single(o => o.Name == "test") is not { } test)
        {
            return "test rows: not known before the split ('dotnet finetune run --until split' makes it)";
        }

        var rows = RowFile.Count(store.Paths.Blob(test.Files.Single().Digest));
        return rows == 0
            ? "test rows: none"
            : $"test rows: {rows.ToString(CultureInfo.InvariantCulture)}; a difference shows in four of five runs "
                + string.Join(", ", Differing.Select(share => Shows(rows, share)));
    }

    private static string Shows(int rows, double share)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"where answers to {100 * share:0} % of rows differ");
        return DetectableDifference.Of(rows, share) is { } difference
            ? string.Create(CultureInfo.InvariantCulture, $"from {100 * difference:0.0} points on {where}")
            : $"never {where}";
    }
}
