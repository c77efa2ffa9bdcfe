namespace Finetune.Engine.Tokenizers;

/// <summary>A prompt, its completion and the end-of-sequence token as ids.</summary>
/// <param name="InputIds">All ids, the end-of-sequence token last.</param>
/// <param name="PromptLength">How many of them are the prompt, leading special tokens included.</param>
public sealed record EncodedExample(int[] InputIds, int PromptLength);
