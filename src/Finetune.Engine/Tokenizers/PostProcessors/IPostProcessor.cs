namespace Finetune.Engine.Tokenizers.PostProcessors;

/// <summary>Changes the tokens of one text or two: puts special tokens around them, trims offsets.</summary>
internal interface IPostProcessor
{
    List<List<PlacedToken>> Apply(List<List<PlacedToken>> parts, bool addSpecialTokens);
}
