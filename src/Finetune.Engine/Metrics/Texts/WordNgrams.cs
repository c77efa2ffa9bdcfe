namespace Finetune.Engine.Metrics.Texts;

/// <summary>How often each run of n words occurs.</summary>
internal static class WordNgrams
{
    /// <summary>Counts of the n-grams of one order. Words hold no blanks, so the joined text is a key.</summary>
    public static Dictionary<string, int> Count(IReadOnlyList<string> words, int order)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + order <= words.Count; i++)
        {
            Add(counts, string.Join(' ', words.Skip(i).Take(order)));
        }

        return counts;
    }

    /// <summary>One more of that key.</summary>
    public static void Add(Dictionary<string, int> counts, string key) =>
        counts[key] = counts.GetValueOrDefault(key) + 1;

    /// <summary>The size of the intersection of two multisets.</summary>
    public static int Shared(Dictionary<string, int> left, Dictionary<string, int> right) =>
        left.Sum(one => Math.Min(one.Value, right.GetValueOrDefault(one.Key)));
}
