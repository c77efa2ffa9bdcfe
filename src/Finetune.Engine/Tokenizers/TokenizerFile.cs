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
    public static TokenizerFile Read(string path, IReadOnlyList<ExtraToken> more)
    {
        using var document = Parse(path);
        return Read(new JsonPlace(document.RootElement, "$", path), more);
    }

    /// <param name="root">What the file holds.</param>
    /// <param name="more">Tokens that the files beside it add.</param>
    /// <exception cref="ModelFileException">A part or key is not known here.</exception>
    public static TokenizerFile Read(JsonPlace root, IReadOnlyList<ExtraToken> more)
    {
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
        var added = new AddedTokenReader(algorithm, text => Normalize(normalizer, text));
        added.Read(root.Optional("added_tokens"));
        foreach (var token in more)
        {
            added.Add(token);
        }

        return new TokenizerFile(
            new AddedVocabulary(added.Tokens),
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
