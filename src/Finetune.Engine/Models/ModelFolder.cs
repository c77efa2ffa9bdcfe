using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using Finetune.Engine.Quantization;
using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>Model folders in Hugging Face layout: reading, making anew, writing.</summary>
public static class ModelFolder
{
    /// <summary>Reads a model. Weights are converted to the precision asked for.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="precision">Numbers to compute in.</param>
    /// <param name="format">How linear layers other than the head and routers hold their weights. Quantised, each is read
    /// a stretch at a time: no weight of theirs ever exists whole.</param>
    /// <param name="device">Where weights live and numbers are computed; null: the processor.</param>
    /// <exception cref="ModelFileException">A file at fault, a family or a key that is not supported.</exception>
    public static CausalModel Load(
        string folder,
        Precision precision = Precision.Float32,
        WeightFormat format = WeightFormat.Whole,
        ComputeDevice? device = null
    )
    {
        var config = ModelConfig.Read(folder);
        using var weights = WeightFiles.Open(folder);
        config = ModelConfig.Read(folder, TensorNames.HeadDiffers(weights));
        WeightReader.Check(config, weights);
        var model = ModelFamilies.Create(config, On(precision, device?.Device) with { Format = format });
        try
        {
            WeightReader.Fill(model, weights, format);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Makes a model with random weights from a configuration alone.</summary>
    /// <param name="folder">Holds <c>config.json</c>.</param>
    /// <param name="seed">The same seed draws the same weights.</param>
    /// <param name="precision">Numbers to compute in.</param>
    /// <param name="device">Where weights live; null: the processor. The same weights are drawn for all of them.</param>
    /// <exception cref="ModelFileException">A family or a key that is not supported.</exception>
    public static CausalModel Initialize(
        string folder,
        long seed,
        Precision precision = Precision.Float32,
        ComputeDevice? device = null
    )
    {
        var model = ModelFamilies.Create(ModelConfig.Read(folder), On(precision, device?.Device));
        Initialization.Draw(model, seed);
        return model;
    }

    /// <summary>
    /// Makes a model's modules with shapes and no values, on the meta device: names and counts of any size at no cost.
    /// </summary>
    /// <param name="folder">Holds <c>config.json</c>.</param>
    /// <exception cref="ModelFileException">A family or a key that is not supported.</exception>
    public static CausalModel Outline(string folder) =>
        ModelFamilies.Create(ModelConfig.Read(folder), new Placement(ScalarType.Float32, META));

    /// <summary>Writes config.json, generation_config.json where there was one, and model.safetensors.</summary>
    /// <param name="model">A model of this class.</param>
    /// <param name="folder">Made where absent.</param>
    /// <param name="weights">Values to write in place of the model's, by name (float32 masters of a bf16 model).</param>
    public static void Save(CausalModel model, string folder, IReadOnlyDictionary<string, Tensor>? weights = null) =>
        ModelWriter.Write(model, folder, weights, WeightLayout.AsTheyAre);

    /// <summary>Writes a model in other numbers, or in more than one weight file.</summary>
    /// <param name="model">A model without an adapter.</param>
    /// <param name="folder">Made where absent.</param>
    /// <param name="layout">Numbers and files.</param>
    public static void Save(CausalModel model, string folder, WeightLayout layout) =>
        ModelWriter.Write(model, folder, null, layout);

    /// <summary>The numbers in which a folder's tensors are stored, by name.</summary>
    /// <exception cref="ModelFileException">A file at fault.</exception>
    public static IReadOnlyDictionary<string, StoredType> TypesIn(string folder)
    {
        using var weights = WeightFiles.Open(folder);
        return weights.Names.ToDictionary(n => n, n => weights.Find(n)!.Value.Tensor.Type, StringComparer.Ordinal);
    }

    /// <summary>Full paths of all files that a model is read from: what a key must hold.</summary>
    /// <exception cref="ModelFileException">An index that cannot be read.</exception>
    public static IReadOnlyList<string> FilesIn(string folder) =>
        [
            .. new[] { ModelConfig.FileName, ModelConfig.GenerationFileName }
                .Select(name => Path.Combine(folder, name))
                .Where(File.Exists),
            .. WeightFiles.In(folder),
        ];

    /// <summary>
    /// Parameters of a stored model, from the headers alone (a tied head counts once); of a folder without weights, from
    /// its configuration.
    /// </summary>
    /// <exception cref="ModelFileException">A file at fault.</exception>
    public static long ParameterCount(string folder)
    {
        if (WeightFiles.In(folder).Count == 0 && File.Exists(Path.Combine(folder, ModelConfig.FileName)))
        {
            using var outline = Outline(folder);
            return outline.parameters().Sum(p => p.numel());
        }

        using var weights = WeightFiles.Open(folder);
        var config = ModelConfig.Read(folder);
        var tied = config.Flag("tie_word_embeddings", false) && !TensorNames.HeadDiffers(weights);
        return weights
            .Names.Where(name => !TensorNames.IsBuffer(name) && !(tied && TensorNames.IsHead(name)))
            .Sum(name => weights.Find(name)!.Value.Tensor.Count);
    }

    private static Placement On(Precision precision, Device? device) =>
        new(precision == Precision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float32, device ?? CPU);
}
