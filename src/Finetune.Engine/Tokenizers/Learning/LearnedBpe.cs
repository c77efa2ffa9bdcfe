namespace Finetune.Engine.Tokenizers.Learning;

/// <summary>A vocabulary, in the order of ids, and its merges by rank.</summary>
internal sealed record LearnedBpe(IReadOnlyList<string> Tokens, IReadOnlyList<(string Left, string Right)> Merges);
