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
            _ => throw type.Value.Fail("a model of type BPE"),
        };
    }
}
