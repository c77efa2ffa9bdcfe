namespace Finetune.Engine.Metrics.Texts;

/// <summary>The longest common subsequence of two token lists.</summary>
internal static class CommonSubsequence
{
    /// <summary>Its length.</summary>
    public static int Length(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        var row = new int[right.Count + 1];
        foreach (var token in left)
        {
            var diagonal = 0;
            for (var j = 1; j <= right.Count; j++)
            {
                var above = row[j];
                row[j] = string.Equals(token, right[j - 1], StringComparison.Ordinal)
                    ? diagonal + 1
                    : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return row[^1];
    }

    /// <summary>The places in the reference of that subsequence which rouge_score reads back from the end.</summary>
    public static IEnumerable<int> Places(IReadOnlyList<string> reference, IReadOnlyList<string> text)
    {
        var table = new int[reference.Count + 1, text.Count + 1];
        for (var row = 1; row <= reference.Count; row++)
        {
            for (var column = 1; column <= text.Count; column++)
            {
                table[row, column] = string.Equals(reference[row - 1], text[column - 1], StringComparison.Ordinal)
                    ? table[row - 1, column - 1] + 1
                    : Math.Max(table[row - 1, column], table[row, column - 1]);
            }
        }

        var (i, j) = (reference.Count, text.Count);
        while (i > 0 && j > 0)
        {
            if (string.Equals(reference[i - 1], text[j - 1], StringComparison.Ordinal))
            {
                yield return --i;
                j--;
            }
            else if (table[i, j - 1] > table[i - 1, j])
            {
                j--;
            }
            else
            {
                i--;
            }
        }
    }
}
