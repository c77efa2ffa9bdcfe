using Finetune.Graph.Caching;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>From a step's inputs to its key.</summary>
public static class Lookup
{
    /// <summary>The key of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="digestOf">Digest of an output of an earlier step.</param>
    /// <param name="digests">Digests of files.</param>
    /// <exception cref="IOException">A file of the user cannot be read, or is not here yet.</exception>
    public static Fingerprint Key(Step step, Func<OutputInput, string> digestOf, FileDigests digests) =>
        Fingerprint.Of(
            step,
            step.Inputs.ToDictionary(
                input => input.Name,
                input =>
                    (IReadOnlyList<InputDigest>)(
                        input switch
                        {
                            FileInput files => files
                                .Paths.Select(p => new InputDigest(
                                    digests.Of(p),
                                    files.NamesMatter ? Path.GetFileName(p) : null
                                ))
                                .ToList(),
                            AbsentInput absent => throw new IOException(absent.Reason),
                            OutputInput output => [new InputDigest(ContentHash.Parse(digestOf(output)))],
                            _ => throw new InvalidOperationException($"unknown input {input}"),
                        }
                    ),
                StringComparer.Ordinal
            )
        );
}
