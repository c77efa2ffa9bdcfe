namespace Finetune.Engine.Tokenizers.Decoders;

/// <summary>One after the other.</summary>
internal sealed class DecoderSequence(IReadOnlyList<IDecoder> decoders) : IDecoder
{
    public bool HasByteTokens => decoders.Any(decoder => decoder.HasByteTokens);

    public List<string> Apply(List<string> tokens) => decoders.Aggregate(tokens, (now, decoder) => decoder.Apply(now));
}
