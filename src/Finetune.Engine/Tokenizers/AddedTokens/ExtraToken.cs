namespace Finetune.Engine.Tokenizers.AddedTokens;

/// <summary>A token that the files beside the vocabulary add.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether skipped when decoding without special tokens.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text.</param>
/// <param name="SingleWord">Whether it is no part of a word.</param>
/// <param name="LeftStrip">Whether it swallows the white space before it.</param>
/// <param name="RightStrip">Whether it swallows the white space after it.</param>
/// <param name="Id">The id that a file gives it, or null.</param>
/// <param name="Place">Where the file says so, or null.</param>
internal sealed record ExtraToken(
    string Content,
    bool Special = true,
    bool Normalized = false,
    bool SingleWord = false,
    bool LeftStrip = false,
    bool RightStrip = false,
    int? Id = null,
    JsonPlace? Place = null
);
