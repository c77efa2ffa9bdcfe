using System.Text.Json;
using Finetune.Engine.Tokenizers.AddedTokens;
using Finetune.Engine.Tokenizers.Algorithms;
using Finetune.Engine.Tokenizers.Decoders;
using Finetune.Engine.Tokenizers.Normalizers;
using Finetune.Engine.Tokenizers.PostProcessors;
using Finetune.Engine.Tokenizers.PreTokenizers;

namespace Finetune.Engine.Tokenizers;

/// <summary>The parts of a tokenizer.json.</summary>
internal sealed record TokenizerFile(
    AddedVocabulary Added,
    INormalizer? Normalizer,
    IPreTokenizer? PreTokenizer,
    IAlgorithm Algorithm,
    IPostProcessor? PostProcessor,
    IDecoder? Decoder
)
{
    public const string Name = "tokenizer.json";

    /// <exception cref="ModelFileException">The file is broken, or has a part or key that is not known here.</exception>
    public static TokenizerFile Read(string path)
    {
        using var document = Parse(path);
        var root = new JsonPlace(document.RootElement, "$", path);

        // Truncation and padding are how a batch was made, not what the tokens are; callers choose their own.
        root.Closed(
            "version",
            "truncation",
            "padding",
            "added_tokens",
            "normalizer",
            "pre_tokenizer",
            "post_processor",
            "decoder",
            "model"
        );
        var normalizer = Part(root, "normalizer", NormalizerReader.Read);
        var algorithm = AlgorithmReader.Read(root.Required("model"));
        var added = AddedTokenReader.Read(
            root.Optional("added_tokens"),
            algorithm,
            text => Normalize(normalizer, text)
        );
        return new TokenizerFile(
            new AddedVocabulary(added),
            normalizer,
            Part(root, "pre_tokenizer", PreTokenizerReader.Read),
            algorithm,
            Part(root, "post_processor", PostProcessorReader.Read),
            Part(root, "decoder", DecoderReader.Read)
        );
    }

    public static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (JsonException error)
        {
            throw new ModelFileException(path, error.Path, error.Message, "JSON");
        }
    }

    private static T? Part<T>(JsonPlace root, string key, Func<JsonPlace, T> read)
        where T : class => root.Optional(key) is { } place ? read(place) : null;

    private static string Normalize(INormalizer? normalizer, string text) =>
        normalizer is null ? text : new string(normalizer.Apply(AlignedText.Of(text, 0, text.Length)).Chars);
}
