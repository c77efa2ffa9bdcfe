namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Reads <c>model</c>.</summary>
internal static class AlgorithmReader
{
    public static IAlgorithm Read(JsonPlace place)
    {
        // Old files leave the type out; they are all BPE.
        var type = place.Optional("type");
        return type?.AsString() switch
        {
            null or "BPE" => BpeReader.Read(place),
            "Unigram" => Unigram.Read(place),
            "WordPiece" => WordPiece.Read(place),
            "WordLevel" => WordLevel.Read(place),
            _ => throw type.Value.Fail("BPE, Unigram, WordPiece or WordLevel"),
        };
    }
}
