using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(IPattern pattern, string content) : INormalizer
{
    public AlignedText Apply(AlignedText text) => text.Replace(pattern, content);
}
