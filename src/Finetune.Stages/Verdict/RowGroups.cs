using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Verdict;

/// <summary>Which group a row belongs to.</summary>
internal static class RowGroups
{
    private const string Nothing = "(none)";

    // A reader who looks at more groups finds one that shines by chance.
    private const int MostValues = 25;
    private const int Lengths = 4;

    /// <summary>Row number to the group's name, and the names in their order.</summary>
    /// <param name="rows">All test rows.</param>
    /// <param name="slice">How they are grouped.</param>
    public static (IReadOnlyDictionary<long, string> Of, IReadOnlyList<string> Names) Group(
        IReadOnlyList<Row> rows,
        SliceSettings slice
    ) => slice.ByLength ? ByLength(rows, slice.Column) : ByValue(rows, slice.Column);

    private static (IReadOnlyDictionary<long, string>, IReadOnlyList<string>) ByValue(
        IReadOnlyList<Row> rows,
        string column
    )
    {
        var values = rows.Select(row => Text(row.Values[column])).ToList();
        var ranked = values
            .CountBy(value => value, StringComparer.Ordinal)
            .OrderByDescending(value => value.Value)
            .ThenBy(value => value.Key, StringComparer.Ordinal)
            .Select(value => value.Key)
            .ToList();
        var shown = ranked.Count <= MostValues ? ranked : ranked[..(MostValues - 1)];
        var others = string.Create(CultureInfo.InvariantCulture, $"({ranked.Count - shown.Count} others)");
        var known = shown.ToHashSet(StringComparer.Ordinal);
        return (
            rows.Zip(values).ToDictionary(r => r.First.Number, r => known.Contains(r.Second) ? r.Second : others),
            shown.Count < ranked.Count ? [.. shown, others] : shown
        );
    }

    // As many rows in each group as equal lengths allow, which stay together.
    private static (IReadOnlyDictionary<long, string>, IReadOnlyList<string>) ByLength(
        IReadOnlyList<Row> rows,
        string column
    )
    {
        var lengths = rows.Select(row => Runes(Text(row.Values[column]))).ToList();
        var sorted = lengths.Order().ToList();
        var ends = Enumerable
            .Range(1, Lengths)
            .Select(i => sorted[Math.Max(0, i * sorted.Count / Lengths - 1)])
            .Distinct()
            .ToList();
        var names = ends.Select(
                (end, i) =>
                {
                    var low = sorted.First(length => i == 0 || length > ends[i - 1]);
                    return low == end
                        ? string.Create(CultureInfo.InvariantCulture, $"{end} characters")
                        : string.Create(CultureInfo.InvariantCulture, $"{low} to {end} characters");
                }
            )
            .ToList();
        return (
            rows.Zip(lengths).ToDictionary(r => r.First.Number, r => names[ends.FindIndex(end => r.Second <= end)]),
            names
        );
    }

    private static int Runes(string text) => text.EnumerateRunes().Count();

    private static string Text(JsonNode? value)
    {
        var text =
            value is JsonValue scalar && scalar.TryGetValue<string>(out var written) ? written : value?.ToJsonString();
        return string.IsNullOrEmpty(text) ? Nothing : text;
    }
}
