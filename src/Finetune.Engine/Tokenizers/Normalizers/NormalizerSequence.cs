namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>One after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> parts) : INormalizer
{
    public AlignedText Apply(AlignedText text) => parts.Aggregate(text, (now, part) => part.Apply(now));
}
