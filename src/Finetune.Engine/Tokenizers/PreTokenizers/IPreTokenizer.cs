namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>Cuts text into pieces that the algorithm sees one by one.</summary>
internal interface IPreTokenizer
{
    void Apply(Pieces pieces);
}
