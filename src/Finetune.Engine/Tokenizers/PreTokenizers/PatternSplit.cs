using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>Cuts pieces by a pattern: Split, Digits, Punctuation, Whitespace, WhitespaceSplit, CharDelimiterSplit.</summary>
internal sealed class PatternSplit(IPattern pattern, SplitBehavior behavior, bool invert = false) : IPreTokenizer
{
    /// <summary>The pattern, where every match and all between is a piece of its own; else null.</summary>
    public RegexPattern? Plain => behavior == SplitBehavior.Isolated && !invert ? pattern as RegexPattern : null;

    public void Apply(Pieces pieces) => pieces.Cut(pattern, behavior, invert);
}
