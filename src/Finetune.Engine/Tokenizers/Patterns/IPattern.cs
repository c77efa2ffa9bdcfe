namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>A stretch of a text, matched or lying between matches. Stretches cover the text in order.</summary>
internal readonly record struct Stretch(int Start, int End, bool Matched);

/// <summary>Cuts a text into what matches and what lies between.</summary>
internal interface IPattern
{
    List<Stretch> Find(ReadOnlySpan<char> text);
}
