using System.Globalization;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Split;

/// <summary>Finds rows of two splits that are equal in every column that prompts use.</summary>
internal static class OverlapFinder
{
    private const int RowsKept = 20;
    private const int RowsShown = 10;

    /// <summary>What every pair of splits shares; pairs that share nothing are missing.</summary>
    public static IReadOnlyList<SplitOverlap> Find(IReadOnlyList<RowEntry> entries, int[] parts)
    {
        var firstOf = Enumerable.Range(0, SplitNames.All.Count).Select(_ => new Dictionary<UInt128, long>()).ToArray();
        for (var i = 0; i < parts.Length; i++)
        {
            firstOf[parts[i]].TryAdd(entries[i].Content, entries[i].Number);
        }

        var found = new List<SplitOverlap>();
        for (var first = 0; first < firstOf.Length; first++)
        {
            for (var second = first + 1; second < firstOf.Length; second++)
            {
                var shared = firstOf[first]
                    .Where(e => firstOf[second].ContainsKey(e.Key))
                    .Select(e => new SharedRow(e.Value, firstOf[second][e.Key]))
                    .OrderBy(s => s.First)
                    .ToList();
                if (shared.Count > 0)
                {
                    found.Add(
                        new SplitOverlap(
                            SplitNames.All[first],
                            SplitNames.All[second],
                            shared.Count,
                            [.. shared.Take(RowsKept)]
                        )
                    );
                }
            }
        }

        return found;
    }

    /// <summary>Whether each row is to go so that nothing overlaps: test is kept whole, then validation.</summary>
    public static bool[] Dropped(IReadOnlyList<RowEntry> entries, int[] parts)
    {
        var heldBy = new Dictionary<UInt128, int>();
        for (var i = 0; i < parts.Length; i++)
        {
            var key = entries[i].Content;
            heldBy[key] = heldBy.TryGetValue(key, out var part) ? Math.Max(part, parts[i]) : parts[i];
        }

        return [.. parts.Select((part, i) => part < heldBy[entries[i].Content])];
    }

    /// <summary>An overlap in words.</summary>
    public static Diagnostic Describe(SplitOverlap overlap, SplitSettings settings, Severity severity)
    {
        var columns = string.Join(", ", settings.OverlapColumns.Select(c => $"'{c}'"));
        var rows = string.Join(
            ", ",
            overlap
                .Rows.Take(RowsShown)
                .Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.First} = {r.Second}"))
        );
        var more = overlap.Texts > RowsShown ? ", ..." : "";
        var group =
            settings.By is "hash" or "random" && settings.Group is null && settings.OverlapColumns.Count == 1
                ? $"'splits.group: {settings.OverlapColumns[0]}' keeps equal rows together; "
                : "";
        return new Diagnostic(
            SplitCodes.Overlap,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{overlap.First} and {overlap.Second} share {overlap.Texts} {(overlap.Texts == 1 ? "row that is" : "rows that are")} equal in {columns}, all that prompts use ({overlap.First} row = {overlap.Second} row: {rows}{more})"
            ),
            KeyPath: "splits.overlap",
            Cure: $"{group}'splits.overlap: drop' takes them out of {overlap.First}, 'warn' leaves them in",
            Row: overlap.Rows[0].First,
            Severity: severity
        );
    }
}
