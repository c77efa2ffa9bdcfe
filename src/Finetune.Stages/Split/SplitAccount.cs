using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Split;

/// <summary>Counts what went where.</summary>
internal static class SplitAccount
{
    /// <summary>The ledger.</summary>
    public static SplitLedger Of(
        RowIndex index,
        SplitSettings settings,
        int[] parts,
        bool[] dropped,
        IReadOnlyList<SplitOverlap> overlaps
    )
    {
        var splits = new Dictionary<string, SplitCounts>(StringComparer.Ordinal);
        for (var part = 0; part < SplitNames.All.Count; part++)
        {
            splits.Add(SplitNames.All[part], Counts(index, settings, parts, dropped, part));
        }

        return new SplitLedger(
            settings.By,
            index.Entries.Count,
            splits,
            settings.Group is null ? null : index.Entries.Select(e => e.Unit).Distinct().LongCount(),
            settings.Stratify,
            overlaps
        );
    }

    private static SplitCounts Counts(RowIndex index, SplitSettings settings, int[] parts, bool[] dropped, int part)
    {
        var seen = new HashSet<UInt128>();
        var strata = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long rows = 0,
            gone = 0,
            duplicates = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] != part)
            {
                continue;
            }

            if (dropped[i])
            {
                gone++;
                continue;
            }

            var entry = index.Entries[i];
            rows++;
            duplicates += settings.OverlapColumns.Count > 0 && !seen.Add(entry.Content) ? 1 : 0;
            if (settings.Stratify is not null)
            {
                var name = index.Strata[entry.Stratum];
                strata[name] = strata.GetValueOrDefault(name) + 1;
            }
        }

        return new SplitCounts(rows, gone, duplicates, settings.Stratify is null ? null : strata);
    }
}
