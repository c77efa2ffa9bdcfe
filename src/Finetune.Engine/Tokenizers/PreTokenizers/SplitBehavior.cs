using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>What becomes of the matches of a pattern that cuts text.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Applies a behaviour to matched and unmatched stretches, as tokenizers' SplitDelimiterBehavior does.</summary>
internal static class SplitBehaviors
{
    public static SplitBehavior Read(JsonPlace place) =>
        Enum.TryParse<SplitBehavior>(place.AsString(), out var behavior) && Enum.IsDefined(behavior)
            ? behavior
            : throw place.Fail($"one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}");

    /// <summary>Adds what becomes of the stretches, moved by <paramref name="shift"/>; nothing empty.</summary>
    public static void Cut(
        List<Stretch> stretches,
        SplitBehavior behavior,
        bool invert,
        int shift,
        List<(int Start, int End)> target
    )
    {
        var first = target.Count;
        if (behavior == SplitBehavior.MergedWithNext)
        {
            stretches.Reverse();
        }

        var before = false;
        foreach (var (start, end, found) in stretches)
        {
            var matched = found != invert;
            var joins = behavior switch
            {
                SplitBehavior.Contiguous => matched == before,
                SplitBehavior.MergedWithPrevious or SplitBehavior.MergedWithNext => matched && !before,
                _ => false,
            };
            before = matched;
            if (joins && target.Count > first)
            {
                var (low, high) = target[^1];
                target[^1] = (Math.Min(low, start + shift), Math.Max(high, end + shift));
            }
            else if (start < end && !(behavior == SplitBehavior.Removed && matched))
            {
                target.Add((start + shift, end + shift));
            }
        }

        if (behavior == SplitBehavior.MergedWithNext)
        {
            target.Reverse(first, target.Count - first);
        }
    }
}
