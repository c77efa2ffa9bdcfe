using static Finetune.Engine.Tokenizers.Patterns.PatternNode;

namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>The widths, in characters, that a lookbehind may have: few and bounded, as Oniguruma asks.</summary>
internal static class PatternWidths
{
    private const int Most = 256;

    /// <exception cref="FormatException">The width has no bound, or a large one.</exception>
    public static int[] Of(PatternNode node) => [.. Set(node).Order()];

    private static HashSet<int> Set(PatternNode node)
    {
        switch (node)
        {
            case One:
                return [1];
            case Look or Place:
                return [0];
            case Atomic atomic:
                return Set(atomic.Body);
            case Either either:
                return [.. either.Choices.SelectMany(Set)];
            case Concat concat:
                return concat.Parts.Aggregate(new HashSet<int> { 0 }, (sum, part) => Sums(sum, Set(part)));
            case Repeat { Max: not -1 } repeat:
                var body = Set(repeat.Body);
                var (now, all) = (new HashSet<int> { 0 }, new HashSet<int>());
                for (var i = 0; i <= repeat.Max; i++)
                {
                    if (i >= repeat.Min)
                    {
                        all.UnionWith(now);
                    }

                    now = i < repeat.Max ? Sums(now, body) : now;
                }

                return all;
            default:
                throw new FormatException("a lookbehind without a bound");
        }
    }

    private static HashSet<int> Sums(HashSet<int> first, HashSet<int> second)
    {
        HashSet<int> sums = [.. first.SelectMany(a => second.Select(b => a + b))];
        return sums.Count == 0 || sums.Max() <= Most ? sums : throw new FormatException("a very wide lookbehind");
    }
}
