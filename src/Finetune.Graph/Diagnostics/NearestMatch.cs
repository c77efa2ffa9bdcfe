namespace Finetune.Graph.Diagnostics;

/// <summary>The known name that a wrong one most likely meant.</summary>
public static class NearestMatch
{
    /// <summary>
    /// The candidate with the smallest edit distance (insertions, deletions, substitutions, swaps of neighbours;
    /// case costs nothing), or null when none is near: at most a third of the length may differ, and at least one.
    /// </summary>
    public static string? Of(string found, IEnumerable<string> candidates)
    {
        var limit = Math.Max(1, found.Length / 3);
        return candidates
            .Select(c => (Name: c, Distance: Distance(found.ToLowerInvariant(), c.ToLowerInvariant())))
            .Where(c => c.Distance <= limit)
            .OrderBy(c => c.Distance)
            .ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => c.Name)
            .FirstOrDefault();
    }

    private static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] =
                    i == 0 ? j
                    : j == 0 ? i
                    : Math.Min(
                        Math.Min(table[i - 1, j], table[i, j - 1]) + 1,
                        table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                    );
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[a.Length, b.Length];
    }
}
