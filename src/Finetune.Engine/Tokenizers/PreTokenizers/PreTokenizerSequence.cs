namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>One after the other.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<IPreTokenizer> parts) : IPreTokenizer
{
    public IReadOnlyList<IPreTokenizer> Parts => parts;

    public void Apply(Pieces pieces)
    {
        foreach (var part in parts)
        {
            part.Apply(pieces);
        }
    }
}
