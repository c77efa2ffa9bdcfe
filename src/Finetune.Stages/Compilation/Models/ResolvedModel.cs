namespace Finetune.Stages.Compilation.Models;

/// <summary>The base and what goes with it, found on disk.</summary>
/// <param name="Folder">Absolute path of the base's folder, or of the configuration's.</param>
/// <param name="DisplayName">As reports call it: <c>builtin:NAME</c> or the folder's bare name.</param>
/// <param name="Files">The base's files.</param>
/// <param name="TokenizerFolder">Absolute path.</param>
/// <param name="TokenizerFiles">The tokenizer's files.</param>
/// <param name="AdapterFiles">Files of the adapter to start from; null for a fresh one.</param>
/// <param name="MaxLength">The longest example, in tokens.</param>
/// <param name="HasEncoder">Whether an encoder reads the prompt and a decoder beside it writes the completion.</param>
internal sealed record ResolvedModel(
    string Folder,
    string DisplayName,
    IReadOnlyList<string> Files,
    string TokenizerFolder,
    IReadOnlyList<string> TokenizerFiles,
    IReadOnlyList<string>? AdapterFiles,
    int MaxLength,
    bool HasEncoder
)
{
    /// <summary>Decoder layers; null where the configuration does not say, or is not here.</summary>
    public int? Layers { get; init; }

    /// <summary>Why the base is not here; null where it is.</summary>
    public string? MissingBase { get; init; }

    /// <summary>Why the tokenizer is not here; null where it is.</summary>
    public string? MissingTokenizer { get; init; }

    /// <summary>Why the adapter to start from is not here; null where it is, or where there is none.</summary>
    public string? MissingAdapter { get; init; }
}
