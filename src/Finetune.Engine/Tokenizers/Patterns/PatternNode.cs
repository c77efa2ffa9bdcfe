namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>How a repeat gives back: greedy tries most first, lazy least first, possessive never gives back.</summary>
internal enum Greed
{
    Greedy,
    Lazy,
    Possessive,
}

/// <summary>A place that an anchor asks for.</summary>
internal enum Anchor
{
    TextStart,
    TextEnd,
    TextEndOrLastNewline,
    LineStart,
    LineEnd,
    WordBoundary,
    NotWordBoundary,
    SearchStart,
}

/// <summary>The parsed form of a regular expression.</summary>
internal abstract record PatternNode
{
    public sealed record One(CodePointSet Set) : PatternNode;

    public sealed record Concat(IReadOnlyList<PatternNode> Parts) : PatternNode;

    public sealed record Either(IReadOnlyList<PatternNode> Choices) : PatternNode;

    /// <summary>Max is -1 where there is no limit.</summary>
    public sealed record Repeat(PatternNode Body, int Min, int Max, Greed Greed) : PatternNode;

    public sealed record Look(PatternNode Body, bool Behind, bool Negative) : PatternNode;

    public sealed record Atomic(PatternNode Body) : PatternNode;

    public sealed record Place(Anchor Anchor) : PatternNode;
}
