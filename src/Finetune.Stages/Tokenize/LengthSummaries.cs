using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Tokenize;

/// <summary>Sums lengths up.</summary>
internal static class LengthSummaries
{
    private const int Bins = 20;

    /// <summary>The summary; null of nothing.</summary>
    public static LengthSummary? Of(IReadOnlyCollection<int> lengths)
    {
        if (lengths.Count == 0)
        {
            return null;
        }

        var sorted = lengths.Order().ToArray();
        return new LengthSummary(
            sorted[0],
            Rank(sorted, 50),
            Rank(sorted, 95),
            sorted[^1],
            sorted.Average(l => (double)l),
            Histogram(sorted)
        );
    }

    // Nearest rank: the smallest length that so many of a hundred do not exceed.
    private static int Rank(int[] sorted, int percent) =>
        sorted[(int)((((long)sorted.Length * percent) + 99) / 100) - 1];

    private static LengthBin[] Histogram(int[] sorted)
    {
        var width = ((sorted[^1] - sorted[0]) / Bins) + 1;
        var counts = new long[((sorted[^1] - sorted[0]) / width) + 1];
        foreach (var length in sorted)
        {
            counts[(length - sorted[0]) / width]++;
        }

        return
        [
            .. counts.Select((n, i) => new LengthBin(sorted[0] + (i * width), sorted[0] + ((i + 1) * width) - 1, n)),
        ];
    }
}
