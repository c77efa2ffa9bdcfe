namespace Finetune.Stages.Split;

/// <summary>The fractions of the document as exact numbers: 0.29 of 100 rows is 29, which doubles deny.</summary>
internal static class Shares
{
    /// <summary>Train, validation, test.</summary>
    public static decimal[] Of(SplitSettings settings) =>
        [(decimal)(settings.Train ?? 0), (decimal)(settings.Validation ?? 0), (decimal)(settings.Test ?? 0)];

    /// <summary>
    /// Whole numbers that sum to the count, each the share of it rounded down or up: who is rounded up is decided by
    /// the largest remainder, what earlier calls left over included.
    /// </summary>
    /// <param name="count">How many there are to share out.</param>
    /// <param name="shares">Fractions that sum to one.</param>
    /// <param name="carry">What earlier calls owe each; changed.</param>
    public static int[] Quotas(int count, decimal[] shares, decimal[] carry)
    {
        var exact = shares.Select(s => s * count).ToArray();
        var quotas = exact.Select(e => (int)decimal.Floor(e)).ToArray();
        var remainders = exact.Select((e, i) => e - quotas[i]).ToArray();
        var upwards = Enumerable
            .Range(0, shares.Length)
            .Where(i => remainders[i] > 0)
            .OrderByDescending(i => remainders[i] + carry[i])
            .ThenBy(i => i)
            .Take(count - quotas.Sum());
        foreach (var i in upwards.ToList())
        {
            quotas[i]++;
        }

        for (var i = 0; i < carry.Length; i++)
        {
            carry[i] += exact[i] - quotas[i];
        }

        return quotas;
    }
}
