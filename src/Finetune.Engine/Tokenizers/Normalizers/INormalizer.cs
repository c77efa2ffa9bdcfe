namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Rewrites a text before it is cut, keeping track of what stands for what.</summary>
internal interface INormalizer
{
    AlignedText Apply(AlignedText text);
}
