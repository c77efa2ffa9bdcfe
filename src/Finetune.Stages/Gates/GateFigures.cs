using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Gates;

/// <summary>What gates can read of a verdict, by name.</summary>
public static class GateFigures
{
    /// <summary>The lower end of an interval.</summary>
    public const string Low = "low";

    /// <summary>The upper end.</summary>
    public const string High = "high";

    /// <summary>Stands for the tuned model's mean over several seeds.</summary>
    public const string Seeds = "tuned_seeds";

    /// <summary>Stands for the first metric on general questions.</summary>
    public const string General = "general";

    /// <summary>The figures: <c>tuned.accuracy</c>, <c>tuned.accuracy.low</c>, and
    /// <c>(tuned.accuracy - zero_shot.accuracy).low</c> of every pair, either way round.</summary>
    public static IReadOnlyDictionary<string, double> Of(VerdictRecord verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        var figures = new Dictionary<string, double>(VerdictFile.Metrics(verdict), StringComparer.Ordinal);
        foreach (var (name, contender) in verdict.Contenders)
        {
            foreach (var (figure, value) in PlainFigures.Of(verdict, contender))
            {
                figures[$"{name}.{figure}"] = value;
            }

            foreach (var (metric, interval) in contender.Intervals)
            {
                figures[$"{name}.{metric}.{Low}"] = interval.Low;
                figures[$"{name}.{metric}.{High}"] = interval.High;
            }
        }

        foreach (var pair in verdict.Pairs)
        {
            AddDifference(figures, $"{pair.First}.{pair.Metric}", $"{pair.Second}.{pair.Metric}", pair.Low, pair.High);
        }

        OfSeeds(verdict.Seeds, figures);
        OfGeneral(verdict, figures);
        return figures;
    }

    private static void OfGeneral(VerdictRecord verdict, Dictionary<string, double> figures)
    {
        foreach (var (name, contender) in verdict.General?.Contenders ?? new Dictionary<string, GeneralContender>())
        {
            if (contender.Metrics[verdict.Metrics[0]] is { } value)
            {
                var interval = contender.Intervals[verdict.Metrics[0]];
                figures[$"{name}.{General}"] = value;
                figures[$"{name}.{General}.{Low}"] = interval.Low;
                figures[$"{name}.{General}.{High}"] = interval.High;
            }
        }

        if (verdict.General?.Pairs.FirstOrDefault(p => p.Metric == verdict.Metrics[0]) is { } pair)
        {
            AddDifference(figures, $"{pair.First}.{General}", $"{pair.Second}.{General}", pair.Low, pair.High);
        }
    }

    private static void AddDifference(
        Dictionary<string, double> figures,
        string first,
        string second,
        double low,
        double high
    )
    {
        figures[OfDifference(second, first, Low)] = low;
        figures[OfDifference(second, first, High)] = high;
        figures[OfDifference(first, second, Low)] = -high;
        figures[OfDifference(first, second, High)] = -low;
    }

    private static void OfSeeds(SeedVerdict? seeds, Dictionary<string, double> figures)
    {
        foreach (var metric in seeds?.Metrics.Where(m => m.Mean is not null) ?? [])
        {
            var name = $"{Seeds}.{metric.Metric}";
            figures[name] = metric.Mean!.Value;
            figures[$"{name}.{Low}"] = metric.Low!.Value;
            figures[$"{name}.{High}"] = metric.High!.Value;
        }

        foreach (var difference in seeds?.Differences ?? [])
        {
            AddDifference(
                figures,
                $"{difference.First}.{difference.Metric}",
                $"{Seeds}.{difference.Metric}",
                difference.Low,
                difference.High
            );
        }
    }

    internal static string OfDifference(string second, string first, string end) => $"({second} - {first}).{end}";
}
