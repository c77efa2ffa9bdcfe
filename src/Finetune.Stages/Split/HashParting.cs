namespace Finetune.Stages.Split;

/// <summary>
/// Every row, or group, falls where its hash says: adding rows moves no other row, and equal rows land together. Shares
/// are met on average only.
/// </summary>
internal static class HashParting
{
    /// <summary>The split of every row.</summary>
    public static int[] Assign(RowIndex index, SplitSettings settings)
    {
        var shares = Shares.Of(settings);
        return [.. index.Entries.Select(e => At((decimal)RowKeys.Place(e.Unit, settings.Seed), shares))];
    }

    private static int At(decimal place, decimal[] shares)
    {
        decimal end = 0;
        for (var i = 0; i < shares.Length; i++)
        {
            end += shares[i];
            if (place < end)
            {
                return i;
            }
        }

        // Shares that sum to a hair less than one.
        return Array.FindLastIndex(shares, s => s > 0);
    }
}
