namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>A piece is a token or it is unknown.</summary>
internal sealed class WordLevel(Vocabulary vocabulary, int? unknown) : IAlgorithm
{
    public int Count => vocabulary.Count;

    public IEnumerable<int> Ids => vocabulary.Ids;

    public static WordLevel Read(JsonPlace place)
    {
        place.Closed("type", "unk_token", "vocab");
        var vocabulary = new Vocabulary(place.Required("vocab"));
        return new WordLevel(vocabulary, vocabulary.IdOf(place.StringOr("unk_token", "<unk>")!));
    }

    public int? IdOf(string token) => vocabulary.IdOf(token);

    public string? TokenOf(int id) => vocabulary.TokenOf(id);

    public Segmentation Segment(ReadOnlySpan<char> piece) =>
        (vocabulary.IdOf(piece) ?? unknown) is { } id
            ? new Segmentation([id], [0], [piece.Length - 1])
            : Segmentation.Nothing;
}
