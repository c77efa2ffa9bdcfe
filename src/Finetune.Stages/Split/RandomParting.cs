using Finetune.Engine.Metrics;

namespace Finetune.Stages.Split;

/// <summary>
/// Exact quotas: rows are shuffled by the seed and dealt out, stratum by stratum. A group goes as a whole to the split
/// that lacks most rows, so with groups quotas are met as well as groups allow.
/// </summary>
internal static class RandomParting
{
    /// <summary>The split of every row.</summary>
    public static int[] Assign(RowIndex index, SplitSettings settings)
    {
        var units = Units(index.Entries, settings.Group is not null);
        var shares = Shares.Of(settings);
        var carry = new decimal[shares.Length];
        var random = new SplitMix64((ulong)settings.Seed);
        var parts = new int[index.Entries.Count];
        var strata = units
            .GroupBy(u => index.Entries[u[0]].Stratum)
            .OrderBy(s => index.Strata.Count == 0 ? "" : index.Strata[s.Key], StringComparer.Ordinal);
        foreach (var stratum in strata)
        {
            Deal([.. stratum], shares, carry, random, parts);
        }

        return parts;
    }

    private static void Deal(List<int>[] units, decimal[] shares, decimal[] carry, SplitMix64 random, int[] parts)
    {
        for (var i = units.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (units[i], units[j]) = (units[j], units[i]);
        }

        var lacking = Shares.Quotas(units.Sum(u => u.Count), shares, carry);
        foreach (var unit in units)
        {
            var part = Array.IndexOf(lacking, lacking.Max());
            lacking[part] -= unit.Count;
            foreach (var row in unit)
            {
                parts[row] = part;
            }
        }
    }

    // Units in order of their first row.
    private static List<List<int>> Units(List<RowEntry> entries, bool grouped)
    {
        var units = new List<List<int>>();
        var unitOf = new Dictionary<UInt128, List<int>>();
        for (var i = 0; i < entries.Count; i++)
        {
            if (!grouped)
            {
                units.Add([i]);
                continue;
            }

            if (!unitOf.TryGetValue(entries[i].Unit, out var unit))
            {
                unitOf.Add(entries[i].Unit, unit = []);
                units.Add(unit);
            }

            unit.Add(i);
        }

        return units;
    }
}
