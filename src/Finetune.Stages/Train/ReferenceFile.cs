using Finetune.Engine.Training.Preference;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Train;

/// <summary>What a reference model says of pairs: a line a pair, in the order of the token file.</summary>
internal static class ReferenceFile
{
    /// <summary>Writes the sums.</summary>
    public static void Write(string path, IReadOnlyList<PairSums> sums)
    {
        using var writer = new JsonLinesWriter<ReferenceSums>(path, ArtifactJson.Shared.ReferenceSums);
        foreach (var sum in sums)
        {
            writer.Write(new ReferenceSums(sum.Chosen, sum.Rejected));
        }
    }

    /// <summary>The pairs with their sums.</summary>
    /// <exception cref="InvalidDataException">A line is damaged, or there is not one a pair.</exception>
    public static List<PreferencePair> With(List<PreferencePair> pairs, string path)
    {
        var sums = JsonLines.Read(path, ArtifactJson.Shared.ReferenceSums).ToList();
        return sums.Count == pairs.Count
            ? [.. pairs.Zip(sums, (pair, sum) => pair with { Reference = new PairSums(sum.Chosen, sum.Rejected) })]
            : throw new InvalidDataException($"{path}: {sums.Count} lines for {pairs.Count} pairs");
    }
}

/// <summary>Sums of log-probabilities over the completions of a pair.</summary>
/// <param name="Chosen">Of the chosen one.</param>
/// <param name="Rejected">Of the rejected one.</param>
internal sealed record ReferenceSums(double Chosen, double Rejected);
