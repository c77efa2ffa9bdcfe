using System.Globalization;
using Finetune.Stages.Artifacts;

namespace Finetune.Cli.Pipelines;

/// <summary>A comparison as plain text, one column a run.</summary>
internal static class ComparisonTable
{
    private const int WidestSetting = 40;

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter writer, ComparisonRecord comparison)
    {
        List<string[]> rows = [Line("", comparison.Runs), Line("pipeline", comparison.Names)];
        rows.Add(Line("seconds", comparison.Seconds.Select(s => s.ToString("0.0", CultureInfo.InvariantCulture))));
        rows.Add(["settings that differ", comparison.Settings is null ? "not kept by one of the runs" : ""]);
        foreach (var setting in comparison.Settings ?? [])
        {
            rows.Add(Line($"  {setting.Path}", setting.Values.Select(value => Cut(value ?? "-"))));
        }

        if (comparison.Settings is { Count: 0 })
        {
            rows.Add(["  none"]);
        }

        rows.Add(["rows"]);
        foreach (var split in comparison.Data)
        {
            rows.Add(Line($"  {split.Name}", split.Rows.Select((count, i) => Rows(count, split.Shared[i], i))));
        }

        rows.Add(["metrics"]);
        foreach (var metric in comparison.Metrics)
        {
            rows.Add(Line($"  {metric.Contender}.{metric.Metric}", metric.Values.Select(v => Value(metric.Metric, v))));
            if (metric.Pairs.Any(pair => pair is not null))
            {
                rows.Add(Line("", metric.Pairs.Select((pair, i) => Difference(pair, metric.SameAnswers[i]))));
                rows.Add(
                    Line("", metric.Pairs.Select((pair, i) => Word(pair, metric.SharedRows[i], metric.SameAnswers[i])))
                );
            }
            else if (metric.Values.Count(value => value is not null) > 1)
            {
                rows.Add(["", "", "no shared rows"]);
            }
        }

        rows.RemoveAll(row => row.Length > 0 && row.All(cell => cell.Length == 0));
        var widths = Enumerable
            .Range(0, comparison.Runs.Count + 1)
            .Select(column =>
                rows.Where(row => row.Length > 2 || column == 0).Max(row => row.ElementAtOrDefault(column)?.Length ?? 0)
            )
            .ToArray();
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private static string[] Line(string head, IEnumerable<string> cells) => [head, .. cells];

    private static string Rows(int? count, int? shared, int run) =>
        count is null ? "-"
        : run == 0 || shared is null ? count.Value.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{count} ({shared} shared)");

    private static string Value(string metric, double? value) =>
        value is null ? "-"
        : metric == "perplexity" ? value.Value.ToString("G4", CultureInfo.InvariantCulture)
        : (100 * value.Value).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Difference(PairVerdict? pair, bool same)
    {
        if (pair is null || same)
        {
            return same ? "the same answers" : "";
        }

        string Signed(double value) =>
            pair.Metric != "perplexity" ? (100 * value).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)
            : Math.Abs(value) < 100 ? value.ToString("+0.###;-0.###;0", CultureInfo.InvariantCulture)
            : (value > 0 ? "+" : "") + value.ToString("G4", CultureInfo.InvariantCulture);
        return $"{Signed(pair.Difference)} ({Signed(pair.Low)} to {Signed(pair.High)})";
    }

    private static string Word(PairVerdict? pair, int shared, bool same) =>
        pair is null || same ? "" : string.Create(CultureInfo.InvariantCulture, $"{pair.Word}, {shared} rows");

    private static string Cut(string value) =>
        value.Length <= WidestSetting ? value : value[..(WidestSetting - 1)] + "…";
}
