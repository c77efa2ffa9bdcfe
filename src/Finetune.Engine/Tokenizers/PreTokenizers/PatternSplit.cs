using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>Cuts pieces by a pattern: Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit.</summary>
internal sealed class PatternSplit(IPattern pattern, SplitBehavior behavior, bool invert = false) : IPreTokenizer
{
    public void Apply(Pieces pieces) => pieces.Cut(pattern, behavior, invert);
}
