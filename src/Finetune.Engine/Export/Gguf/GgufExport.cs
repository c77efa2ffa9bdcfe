using Finetune.Engine.Export.Gguf.Vocabulary;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;

namespace Finetune.Engine.Export.Gguf;

/// <summary>Writes a model with its tokenizer as one GGUF file, which llama.cpp loads, and reads such a file back.</summary>
public static class GgufExport
{
    /// <summary>Says before anything is computed whether a model can be exported; loads no tensor.</summary>
    /// <param name="modelFolder">Holds <c>config.json</c>.</param>
    /// <param name="tokenizerFolder">Holds <c>tokenizer.json</c>.</param>
    /// <exception cref="ModelFileException">What stands in the way.</exception>
    public static void Check(string modelFolder, string tokenizerFolder)
    {
        var (_, options) = Shape(ModelConfig.Read(modelFolder));
        GgufVocabulary.Describe(new GgufMetadata(), tokenizerFolder, options.VocabularySize, []);
    }

    /// <summary>
    /// The longest sequence that the file allows, where that is shorter than the model's: llama.cpp knows no sliding
    /// window in most families. Null where it is the model's.
    /// </summary>
    public static int? ShorterContext(string modelFolder)
    {
        var (family, options) = Shape(ModelConfig.Read(modelFolder));
        var length = GgufHyperparameters.ContextLength(family, options);
        return length < options.MaxPositions ? length : null;
    }

    /// <summary>Writes a file.</summary>
    /// <param name="model">A model without an adapter.</param>
    /// <param name="tokenizerFolder">Holds <c>tokenizer.json</c>.</param>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="type">How matrices are stored.</param>
    /// <param name="name">What the file calls the model.</param>
    /// <exception cref="ModelFileException">Something that llama.cpp has no place for.</exception>
    public static void Write(CausalModel model, string tokenizerFolder, string path, GgufType type, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (family, options) = Shape(Config(model), (model as Decoder)?.Options);
        var metadata = new GgufMetadata();
        GgufHyperparameters.Describe(metadata, family, options, name, type);
        GgufVocabulary.Describe(metadata, tokenizerFolder, options.VocabularySize, model.Shape.EosIds);
        var parameters = Parameters(model);
        GgufWriter.Write(
            path,
            metadata,
            [
                .. GgufRope.Factors(options),
                .. GgufNames.Of(options, family).Select(tensor => ToWrite(tensor, parameters, type)),
            ]
        );
    }

    /// <summary>Fills a model with the values of a file, dequantised.</summary>
    /// <param name="model">Of the same shape; its values are replaced.</param>
    /// <param name="path">What <see cref="Write"/> wrote.</param>
    /// <exception cref="ModelFileException">The file lacks a tensor, or holds one of another shape.</exception>
    public static void Fill(CausalModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        var (family, options) = Shape(Config(model), (model as Decoder)?.Options);
        using var file = GgufFile.Open(path);
        var entries = file.Tensors.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        var parameters = Parameters(model);
        foreach (var tensor in GgufNames.Of(options, family))
        {
            Tensor[] parts = [.. tensor.Sources.Select(source => parameters[source])];
            var shape = Stored(tensor, parts);
            if (entries.GetValueOrDefault(tensor.Name) is not { } entry || !entry.Shape.SequenceEqual(shape))
            {
                throw new ModelFileException(path, tensor.Name, "no such tensor", $"[{string.Join(", ", shape)}]");
            }

            using var values = GgufNumbers.Read(file, entry);
            tensor.Form.Unpack(values, parts);
        }
    }

    private static (GgufFamily, DecoderOptions) Shape(ModelConfig config, DecoderOptions? known = null)
    {
        var family = GgufFamilies.Of(config);
        var options = known ?? family.Read(config);
        GgufLimits.Check(config, family, options);
        return (family, options);
    }

    private static GgufTensorToWrite ToWrite(GgufTensor tensor, Dictionary<string, Tensor> parameters, GgufType type)
    {
        Tensor[] parts = [.. tensor.Sources.Select(source => parameters[source])];
        var shape = Stored(tensor, parts);
        var stored = tensor.TypeFor(type, shape);
        return new GgufTensorToWrite(
            tensor.Name,
            stored,
            shape,
            stream =>
            {
                using var values = tensor.Form.Pack(parts);
                GgufNumbers.Write(values, stored, stream);
            }
        );
    }

    private static long[] Stored(GgufTensor tensor, Tensor[] parts)
    {
        long[] one = tensor.Form.Transposed ? [.. parts[0].shape.Reverse()] : parts[0].shape;
        return parts.Length == 1 ? one : [parts.Length, .. one];
    }

    private static Dictionary<string, Tensor> Parameters(CausalModel model) =>
        model.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter, StringComparer.Ordinal);

    private static ModelConfig Config(CausalModel model) =>
        model.Config ?? throw new InvalidOperationException("The model has no configuration.");
}
