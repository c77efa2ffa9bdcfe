namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Turns tokens into stretches of text; joined, they are the text.</summary>
internal interface IDecoder
{
    /// <summary>Whether bytes of a character may lie in several tokens of the form <c>&lt;0xE4&gt;</c>.</summary>
    bool HasByteTokens => false;

    List<string> Apply(List<string> tokens);
}
