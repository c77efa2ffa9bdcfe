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

    public static IEnumerable<(int Start, int End)> Cut(List<Stretch> stretches, SplitBehavior behavior, bool invert)
    {
        switch (behavior)
        {
            case SplitBehavior.Removed:
                return stretches
                    .Where(stretch => stretch.Matched == invert)
                    .Select(stretch => (stretch.Start, stretch.End));
            case SplitBehavior.Isolated:
                return stretches.Select(stretch => (stretch.Start, stretch.End));
            case SplitBehavior.MergedWithNext:
                stretches.Reverse();
                var merged = Merge(stretches, invert, (matched, before) => matched && !before);
                merged.Reverse();
                return merged;
            case SplitBehavior.MergedWithPrevious:
                return Merge(stretches, invert, (matched, before) => matched && !before);
            default:
                return Merge(stretches, invert, (matched, before) => matched == before);
        }
    }

    private static List<(int Start, int End)> Merge(List<Stretch> stretches, bool invert, Func<bool, bool, bool> joins)
    {
        var cut = new List<(int Start, int End)>(stretches.Count);
        var before = false;
        foreach (var (start, end, found) in stretches)
        {
            var matched = found != invert;
            if (joins(matched, before) && cut.Count > 0)
            {
                cut[^1] = (Math.Min(cut[^1].Start, start), Math.Max(cut[^1].End, end));
            }
            else
            {
                cut.Add((start, end));
            }

            before = matched;
        }

        return cut;
    }
}
