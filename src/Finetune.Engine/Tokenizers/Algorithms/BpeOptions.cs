namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>The settings of a BPE model in tokenizer.json.</summary>
internal sealed record BpeOptions(
    string? Unknown,
    bool FuseUnknown,
    bool ByteFallback,
    bool IgnoreMerges,
    string Prefix,
    string Suffix
);
