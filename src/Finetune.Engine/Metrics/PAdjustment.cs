namespace Finetune.Engine.Metrics;

/// <summary>p-values of several tests, adjusted for their number; in the order they were given, at most 1.</summary>
public static class PAdjustment
{
    /// <summary>p times the number of tests (Dunn 1961).</summary>
    public static double[] Bonferroni(IReadOnlyList<double> p) => [.. p.Select(one => Math.Min(1, one * p.Count))];

    /// <summary>Step-down: the i-th smallest times (m - i + 1), never below the one before (Holm 1979).</summary>
    public static double[] Holm(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var largest = 0.0;
        foreach (var (rank, place) in Ranked(p))
        {
            largest = Math.Max(largest, p[place] * (p.Count - rank));
            adjusted[place] = Math.Min(1, largest);
        }

        return adjusted;
    }

    /// <summary>Step-up: the i-th smallest times m / i, never above the one after (Benjamini and Hochberg 1995).</summary>
    public static double[] BenjaminiHochberg(IReadOnlyList<double> p)
    {
        var adjusted = new double[p.Count];
        var smallest = 1.0;
        foreach (var (rank, place) in Ranked(p).Reverse())
        {
            smallest = Math.Min(smallest, p[place] * p.Count / (rank + 1));
            adjusted[place] = smallest;
        }

        return adjusted;
    }

    private static IEnumerable<(int Rank, int Place)> Ranked(IReadOnlyList<double> p) =>
        Enumerable.Range(0, p.Count).OrderBy(place => p[place]).Select((place, rank) => (rank, place));
}
