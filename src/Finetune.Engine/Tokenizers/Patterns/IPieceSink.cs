namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>Takes the pieces that a pattern cuts a text into, in order.</summary>
internal interface IPieceSink
{
    void Piece(ReadOnlySpan<char> piece);
}
