namespace Finetune.Engine.Tokenizers.PostProcessors;

/// <summary>One after the other.</summary>
internal sealed class PostProcessorSequence(IReadOnlyList<IPostProcessor> processors) : IPostProcessor
{
    public List<List<PlacedToken>> Apply(List<List<PlacedToken>> parts, bool addSpecialTokens) =>
        processors.Aggregate(parts, (now, processor) => processor.Apply(now, addSpecialTokens));
}
