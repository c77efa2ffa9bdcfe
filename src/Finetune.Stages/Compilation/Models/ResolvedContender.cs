namespace Finetune.Stages.Compilation.Models;

/// <summary>A contender that the pipeline does not make, found on disk.</summary>
/// <param name="Files">The model's files, or the adapter's.</param>
/// <param name="TokenizerFiles">A model's tokenizer; empty for an adapter, which has the base's.</param>
internal sealed record ResolvedContender(IReadOnlyList<string> Files, IReadOnlyList<string> TokenizerFiles)
{
    /// <summary>Why it is not here; null where it is.</summary>
    public string? Missing { get; init; }

    /// <summary>Whether an encoder reads the prompt.</summary>
    public bool HasEncoder { get; init; }
}
