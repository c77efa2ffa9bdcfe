namespace Finetune.Engine.Metrics.Texts;

/// <summary>The fewest insertions, deletions and substitutions between two lists (Levenshtein 1966).</summary>
internal static class Levenshtein
{
    /// <summary>The distance.</summary>
    public static int Between<T>(IReadOnlyList<T> left, IReadOnlyList<T> right)
        where T : IEquatable<T>
    {
        int[] row = [.. Enumerable.Range(0, right.Count + 1)];
        for (var i = 1; i <= left.Count; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Count; j++)
            {
                var above = row[j];
                var substituted = diagonal + (left[i - 1].Equals(right[j - 1]) ? 0 : 1);
                row[j] = Math.Min(substituted, Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
