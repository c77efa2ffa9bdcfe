namespace Finetune.Engine.Tokenizers.Learning;

/// <summary>How a byte-level BPE vocabulary is learned; the settings of Hugging Face's BpeTrainer.</summary>
/// <param name="VocabularySize">At most so many tokens, special ones counted; fewer where the text gives no more.</param>
/// <param name="MinFrequency">Only pairs that occur at least so often are merged.</param>
/// <param name="SpecialTokens">The first ids, in this order; the first one ends a text.</param>
/// <param name="AllBytes">Whether every byte gets a token, seen or not: then no text is unknown.</param>
/// <param name="AddPrefixSpace">Whether a text that starts without a space is read as if it had one.</param>
public sealed record BpeLearningOptions(
    int VocabularySize,
    int MinFrequency,
    IReadOnlyList<string> SpecialTokens,
    bool AllBytes = true,
    bool AddPrefixSpace = false
);
