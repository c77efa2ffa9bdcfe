using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Finetune.Engine.Adapters;

/// <summary>
/// Low-rank adapters on linear layers, put in from outside. With one attached, only its parameters train; a fresh one
/// changes no logit.
/// </summary>
public static class LoraAdapter
{
    private const string WeightsName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";

    /// <summary>Puts a fresh adapter on: A uniform within 1 / sqrt(inputs) (Kaiming with a = sqrt 5), B zero.</summary>
    /// <param name="model">The base, frozen by this.</param>
    /// <param name="options">Rank, scale, targets.</param>
    /// <param name="seed">The same seed draws the same A.</param>
    /// <exception cref="ArgumentException">A target that no linear layer bears, or numbers out of range.</exception>
    public static void Attach(CausalModel model, LoraOptions options, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rank, 1, nameof(options));
        using var generator = new Generator((ulong)seed, CPU);
        var layers = TargetLayers.Named(model, options.Targets);
        Freeze(model);
        foreach (var (_, layer) in layers)
        {
            var pair = Empty(layer, options);
            using (no_grad())
            {
                var bound = 1 / Math.Sqrt(layer.Inputs);
                using var drawn = empty(pair.Down.shape, ScalarType.Float32).uniform_(-bound, bound, generator);
                pair.Down.copy_(drawn);
                pair.Up.zero_();
            }

            layer.Adapter = pair;
        }
    }

    /// <summary>Reads an adapter in PEFT's folder format and puts it on.</summary>
    /// <param name="model">The base, frozen by this.</param>
    /// <param name="folder">Holds adapter_config.json and adapter_model.safetensors.</param>
    /// <exception cref="ModelFileException">A file at fault, or a feature that is not supported.</exception>
    public static void Load(CausalModel model, string folder)
    {
        var config = AdapterConfig.Of(folder);
        var path = Path.Combine(folder, WeightsName);
        using var file = SafeTensorsFile.Open(path);
        var layers = Layers(model, config, folder);
        var wanted = layers.SelectMany(layer => new[] { Down(layer.Name), Up(layer.Name) }).ToHashSet();
        if (file.Tensors.FirstOrDefault(tensor => !wanted.Contains(tensor.Name)) is { } unknown)
        {
            throw new ModelFileException(
                path,
                unknown.Name,
                "a tensor that no target has a place for",
                "A and B of targets"
            );
        }

        Freeze(model);
        try
        {
            foreach (var (name, layer) in layers)
            {
                layer.Adapter = Empty(layer, config.Options);
                Fill(file, Down(name), layer.Adapter.Down);
                Fill(file, Up(name), layer.Adapter.Up);
            }
        }
        catch
        {
            Remove(model);
            throw;
        }
    }

    /// <summary>Writes the adapter that is on, in PEFT's folder format; its bytes depend on the adapter alone.</summary>
    /// <param name="model">A model with an adapter.</param>
    /// <param name="folder">Made where absent.</param>
    /// <param name="baseName">What adapter_config.json calls the base.</param>
    /// <exception cref="InvalidOperationException">No adapter is on.</exception>
    public static void Save(CausalModel model, string folder, string baseName)
    {
        var adapted = Adapted(model);
        if (adapted.Count == 0)
        {
            throw new InvalidOperationException("The model has no adapter to save.");
        }

        Directory.CreateDirectory(folder);
        var first = adapted[0].Layer.Adapter!;
        var targets = TargetLayers.ShortNames(model, [.. adapted.Select(layer => layer.Name)]);
        var options = new LoraOptions(first.Rank, first.Alpha, first.Dropout, first.RankStabilized, targets);
        var tensors = adapted
            .SelectMany(layer =>
                new[]
                {
                    TensorBytes.ToWrite(Down(layer.Name), layer.Layer.Adapter!.Down),
                    TensorBytes.ToWrite(Up(layer.Name), layer.Layer.Adapter!.Up),
                }
            )
            .ToList();
        SafeTensorsWriter.Write(
            Path.Combine(folder, WeightsName),
            tensors,
            new Dictionary<string, string> { ["format"] = "pt" }
        );
        AdapterConfig.Write(folder, options, baseName, adapted.Exists(layer => layer.Layer.Transposed));
    }

    /// <summary>Adds the adapter into the weights and takes it off; all parameters train again.</summary>
    /// <param name="model">A model with an adapter; without one, nothing happens.</param>
    public static void Merge(CausalModel model)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, layer) in Adapted(model))
        {
            var delta = layer.Adapter!.Delta();
            var merged = layer.Weight.to(ScalarType.Float32) + (layer.Transposed ? delta.t() : delta);
            layer.Weight.copy_(merged);
        }

        Remove(model);
    }

    /// <summary>Takes the adapter off, unmerged; all parameters train again.</summary>
    /// <param name="model">Any model.</param>
    public static void Remove(CausalModel model)
    {
        foreach (var (_, layer) in Adapted(model))
        {
            layer.Adapter!.Dispose();
            layer.Adapter = null;
        }

        foreach (var parameter in model.parameters())
        {
            parameter.requires_grad = true;
        }
    }

    /// <summary>Whether an adapter is on.</summary>
    public static bool IsOn(CausalModel model) => Adapted(model).Count > 0;

    /// <summary>Whether a folder holds an adapter rather than a model.</summary>
    public static bool IsAdapterFolder(string folder) => File.Exists(Path.Combine(folder, AdapterConfig.FileName));

    /// <summary>Full paths of all files that an adapter is read from: what a key must hold.</summary>
    public static IReadOnlyList<string> FilesIn(string folder) =>
        [
            .. new[] { AdapterConfig.FileName, WeightsName }
                .Select(name => Path.Combine(folder, name))
                .Where(File.Exists),
        ];

    private static List<(string Name, Linear Layer)> Adapted(CausalModel model) =>
        [.. TargetLayers.All(model).Where(layer => layer.Layer.Adapter is not null)];

    private static void Freeze(CausalModel model)
    {
        if (IsOn(model))
        {
            throw new InvalidOperationException("The model has an adapter already: merge or remove it first.");
        }

        foreach (var parameter in model.parameters())
        {
            parameter.requires_grad = false;
        }
    }

    private static IReadOnlyList<(string Name, Linear Layer)> Layers(
        CausalModel model,
        AdapterConfig config,
        string folder
    )
    {
        try
        {
            var layers = config.Pattern is { } pattern
                ? TargetLayers.Matching(model, pattern)
                : TargetLayers.Named(model, config.Options.Targets);
            return layers.Count > 0 ? layers : throw new ArgumentException("no linear layer of the model is meant");
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException(
                Path.Combine(folder, AdapterConfig.FileName),
                "target_modules",
                e.Message,
                "names of linear layers of the base, other than its head"
            );
        }
    }

    // Adapters are float32 whatever the base computes in, as PEFT keeps them: their steps are too small for bf16.
    private static LowRank Empty(Linear layer, LoraOptions options)
    {
        var at = new Placement(ScalarType.Float32, layer.Weight.device);
        Parameter down = at.New(options.Rank, layer.Inputs);
        Parameter up = at.New(layer.Outputs, options.Rank);
        return new LowRank(down, up, options.Alpha, options.RankStabilized, options.Dropout);
    }

    private static void Fill(SafeTensorsFile file, string name, Parameter parameter)
    {
        var stored = file.Find(name);
        var wanted = $"[{string.Join(", ", parameter.shape)}]";
        if (stored is null)
        {
            throw new ModelFileException(file.Path, name, "no such tensor", wanted);
        }

        if (!stored.Shape.SequenceEqual(parameter.shape))
        {
            throw new ModelFileException(file.Path, name, $"[{string.Join(", ", stored.Shape)}]", wanted);
        }

        TensorBytes.CopyTo(file, stored, parameter);
    }

    private static string Down(string layer) => $"{Prefix}{layer}.lora_A.weight";

    private static string Up(string layer) => $"{Prefix}{layer}.lora_B.weight";
}
