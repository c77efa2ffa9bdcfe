namespace Finetune.Engine.Tokenizers.AddedTokens;

/// <summary>
/// A token that is cut out of the text before anything else looks at it. Shown is what tokens and decoded text show:
/// the content, normalized where it is matched so.
/// </summary>
internal sealed record AddedToken(
    int Id,
    string Content,
    string Shown,
    bool SingleWord,
    bool LeftStrip,
    bool RightStrip,
    bool Normalized,
    bool Special
);
