using System.Globalization;
using System.Text;
using Finetune.Graph.Execution;

namespace Finetune.Cli.Pipelines;

/// <summary>The last lines of a run: what ran, the verdict, the change since the run before, the report's path.</summary>
internal static class RunSummary
{
    private const string Headline = "accuracy";

    /// <summary>Says them.</summary>
    public static void Say(
        TextWriter writer,
        RunResult result,
        IReadOnlyDictionary<string, double>? metrics,
        PastRun? previous,
        string? report
    )
    {
        var executed = result.Steps.Count(s => s.Status == StepStatus.Executed);
        var cached = result.Steps.Count(s => s.Status == StepStatus.Cached);
        var failed = result.Steps.Where(s => s.Status == StepStatus.Failed).Select(s => s.Name).ToList();
        writer.WriteLine(
            $"{executed} steps ran, {cached} cached" + (failed.Count > 0 ? $", {string.Join(", ", failed)} failed" : "")
        );
        if (metrics is { Count: > 0 })
        {
            writer.WriteLine(Verdict(metrics, previous));
        }

        if (report is not null)
        {
            writer.WriteLine($"report: {report}");
        }
    }

    private static string Verdict(IReadOnlyDictionary<string, double> metrics, PastRun? previous)
    {
        var text = new StringBuilder("verdict: ");
        var chosen = metrics.Keys.Any(k => k.EndsWith("." + Headline, StringComparison.Ordinal))
            ? metrics.Where(m => m.Key.EndsWith("." + Headline, StringComparison.Ordinal)).ToList()
            : [.. metrics];
        text.AppendJoin(", ", chosen.Select(m => $"{m.Key} {Number(m.Value)}"));
        var changes = chosen
            .Select(m => (m.Key, m.Value, Before: (double?)previous?.Summary["metrics"]?[m.Key]))
            .Where(m => m.Before is { } before && before != m.Value)
            .Select(m => $"{m.Key} {Signed(m.Value - m.Before!.Value)}")
            .ToList();
        if (previous is not null)
        {
            text.Append(changes.Count == 0 ? "; as in the run before" : "; since the run before: ");
            text.AppendJoin(", ", changes);
        }

        return text.ToString();
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.###;-0.###", CultureInfo.InvariantCulture);
}
