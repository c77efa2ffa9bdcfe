namespace Finetune.Stages.Artifacts;

/// <summary>What a reference model says of pairs: a line a pair, in the order of the token file.</summary>
internal static class ReferenceFile
{
    /// <summary>Reads one at a time.</summary>
    /// <exception cref="InvalidDataException">A line is damaged.</exception>
    public static IEnumerable<ReferenceSums> Read(string path) =>
        JsonLines.Read(path, ArtifactJson.Shared.ReferenceSums);

    /// <summary>Starts the file anew.</summary>
    public static JsonLinesWriter<ReferenceSums> Create(string path) => new(path, ArtifactJson.Shared.ReferenceSums);
}

/// <summary>Sums of log-probabilities over the completions of a pair.</summary>
/// <param name="Chosen">Of the chosen one.</param>
/// <param name="Rejected">Of the rejected one.</param>
internal sealed record ReferenceSums(double Chosen, double Rejected);
