using System.Globalization;
using Finetune.Graph.Execution;
using Finetune.Stages.Artifacts;

namespace Finetune.Cli.Pipelines;

/// <summary>The last lines of a run: what ran, the verdict, the change since the run before, the report's path.</summary>
internal static class RunSummary
{
    /// <summary>Says them.</summary>
    public static void Say(
        TextWriter writer,
        RunResult result,
        VerdictRecord? verdict,
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
        if (verdict is { Contenders.Count: > 0, Rows: > 0 } && metrics is not null)
        {
            writer.WriteLine($"verdict: {VerdictSentence.Of(verdict)}");
            foreach (var note in VerdictNotes.Of(verdict))
            {
                writer.WriteLine($"verdict: {note.Text}");
            }

            if (previous is not null)
            {
                writer.WriteLine(Change(metrics, verdict.Metrics, previous));
            }
        }

        if (report is not null)
        {
            writer.WriteLine($"report: {report}");
        }
    }

    private static string Change(
        IReadOnlyDictionary<string, double> figures,
        IReadOnlyList<string> asked,
        PastRun previous
    )
    {
        var changes = figures
            .Where(f => asked.Contains(f.Key[(f.Key.LastIndexOf('.') + 1)..], StringComparer.Ordinal))
            .Select(f => (f.Key, f.Value, Before: (double?)previous.Summary["metrics"]?[f.Key]))
            .Where(f => f.Before is { } before && Signed(f.Value - before) != "0")
            .Select(f => $"{f.Key} {Signed(f.Value - f.Before!.Value)}")
            .ToList();
        return changes.Count == 0
            ? "since the run before: no change"
            : $"since the run before: {string.Join(", ", changes)}";
    }

    private static string Signed(double value) => value.ToString("+0.###;-0.###;0", CultureInfo.InvariantCulture);
}
