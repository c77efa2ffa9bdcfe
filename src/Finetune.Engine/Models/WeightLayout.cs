using Finetune.Engine.Checkpoints;

namespace Finetune.Engine.Models;

/// <summary>How weights lie in files.</summary>
/// <param name="TypeOf">The numbers of a tensor, by its name; null for those it has.</param>
/// <param name="ShardBytes">The most bytes of tensors in a file; a larger tensor has a file of its own.</param>
public sealed record WeightLayout(Func<string, StoredType?> TypeOf, long ShardBytes)
{
    /// <summary>The model's own numbers, in one file.</summary>
    public static WeightLayout AsTheyAre { get; } = new(_ => null, long.MaxValue);
}
