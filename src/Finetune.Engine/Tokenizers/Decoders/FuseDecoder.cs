namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>Joins everything into one text, so that what follows sees the whole.</summary>
internal sealed class FuseDecoder : IDecoder
{
    public List<string> Apply(List<string> tokens) => [string.Concat(tokens)];
}
