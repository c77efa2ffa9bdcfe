using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Gates;

/// <summary>What gates can read of a verdict, by name.</summary>
public static class GateFigures
{
    /// <summary>The lower end of an interval.</summary>
    public const string Low = "low";

    /// <summary>The upper end.</summary>
    public const string High = "high";

    /// <summary>The figures: <c>tuned.accuracy</c>, <c>tuned.accuracy.low</c>, and
    /// <c>(tuned.accuracy - zero_shot.accuracy).low</c> of every pair, either way round.</summary>
    public static IReadOnlyDictionary<string, double> Of(VerdictRecord verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var figures = new Dictionary<string, double>(VerdictFile.Metrics(verdict), StringComparer.Ordinal);
        foreach (var (name, contender) in verdict.Contenders)
        {
            foreach (var (metric, interval) in contender.Intervals)
            {
                figures[$"{name}.{metric}.{Low}"] = interval.Low;
                figures[$"{name}.{metric}.{High}"] = interval.High;
            }
        }

        foreach (var pair in verdict.Pairs)
        {
            var (first, second) = ($"{pair.First}.{pair.Metric}", $"{pair.Second}.{pair.Metric}");
            figures[OfDifference(second, first, Low)] = pair.Low;
            figures[OfDifference(second, first, High)] = pair.High;
            figures[OfDifference(first, second, Low)] = -pair.High;
            figures[OfDifference(first, second, High)] = -pair.Low;
        }

        return figures;
    }

    internal static string OfDifference(string second, string first, string end) => $"({second} - {first}).{end}";
}
