using System.Globalization;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Split;

/// <summary>Rows that say themselves where they belong, by a column or by their source. All that is left to do is to
/// check that groups agree.</summary>
internal static class NamedParting
{
    /// <summary>The split of every row.</summary>
    public static int[] Assign(RowIndex index, SplitSettings settings, FoundErrors errors)
    {
        var parts = index.Entries.Select(e => e.Part ?? SplitNames.Train).ToArray();
        if (settings.Group is null)
        {
            return parts;
        }

        var first = new Dictionary<UInt128, int>();
        for (var i = 0; i < parts.Length; i++)
        {
            var entry = index.Entries[i];
            if (first.TryAdd(entry.Unit, i) || parts[first[entry.Unit]] == parts[i])
            {
                continue;
            }

            var other = first[entry.Unit];
            errors.Add(
                new Diagnostic(
                    SplitCodes.GroupCrosses,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"row {entry.Number} is in {SplitNames.All[parts[i]]}, but row {index.Entries[other].Number} with the same '{settings.Group}' is in {SplitNames.All[parts[other]]}"
                    ),
                    KeyPath: "splits.group",
                    Cure: "put both in one split, or take 'splits.group' out",
                    Row: entry.Number
                )
            );
        }

        return parts;
    }
}
