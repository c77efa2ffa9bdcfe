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
        if (options.Layers?.Of(model) is { } numbers)
        {
            layers = [.. layers.Where(l => AdaptedLayers.NumberOf(model, l.Name) is { } n && numbers.Contains(n))];
            if (layers.Count == 0)
            {
                throw new ArgumentException("none of the targets is in the layers that are meant", nameof(options));
            }
        }

        Freeze(model);
        foreach (var (name, layer) in layers)
        {
            var pair = Empty(name, layer, options);
            using (no_grad())
            {
                var bound = 1 / Math.Sqrt(layer.Inputs);
                using var drawn = empty(pair.Down.shape, ScalarType.Float32).uniform_(-bound, bound, generator);
                pair.Down.copy_(drawn);
                pair.Up.zero_();
                if (pair.Magnitude is not null)
                {
                    using var norms = pair.RowNorms(layer);
                    pair.Magnitude.copy_(norms);
                }
            }

            layer.Adapter = pair;
        }

        TrainedParts.Open(model, options);
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
        Freeze(model);
        try
        {
            foreach (var (name, layer) in layers)
            {
                layer.Adapter = Empty(name, layer, config.Options);
            }

            Open(model, config, folder);
            var places = Places(model).ToDictionary(p => p.Name, p => p.Parameter, StringComparer.Ordinal);
            foreach (var stored in file.Tensors)
            {
                if (!places.Remove(stored.Name, out var place) && !places.Remove(BaseBias(stored.Name), out place))
                {
                    throw new ModelFileException(
                        path,
                        stored.Name,
                        "a tensor that nothing has a place for",
                        "what the configuration speaks of"
                    );
                }

                Fill(file, stored, place);
            }

            if (places.Keys.Order(StringComparer.Ordinal).FirstOrDefault() is { } missing)
            {
                throw new ModelFileException(
                    path,
                    missing,
                    "no such tensor",
                    $"[{string.Join(", ", places[missing].shape)}]"
                );
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
        var tensors = Places(model).Select(place => TensorBytes.ToWrite(place.Name, place.Parameter)).ToList();
        SafeTensorsWriter.Write(
            Path.Combine(folder, WeightsName),
            tensors,
            new Dictionary<string, string> { ["format"] = "pt" }
        );
        AdapterConfig.Write(
            folder,
            Options(model, adapted),
            baseName,
            adapted.Exists(layer => layer.Layer.Transposed),
            model
        );
    }

    /// <summary>
    /// Adds the adapter into the weights and takes it off; all parameters train again. Sums are float32 and rounded once
    /// to the weights' own numbers. Quantised weights become what their codes stand for, plus the adapter's part: the
    /// model that was trained and evaluated, never quantised again.
    /// </summary>
    /// <param name="model">A model with an adapter; without one, nothing happens.</param>
    public static void Merge(CausalModel model)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (_, layer) in Adapted(model))
        {
            using var merged = layer.Adapter!.Merged(layer);
            layer.Replace(merged);
        }

        // What no adapter sits on is quantised too: a merged model is a whole one.
        foreach (var layer in model.modules().OfType<Linear>().Where(layer => layer.Frozen is not null))
        {
            using var values = layer.Values();
            layer.Replace(values);
        }

        TakeOff(model, restore: false);
    }

    /// <summary>Takes the adapter off, unmerged; all parameters train again. Trained biases stay, as with PEFT.</summary>
    /// <param name="model">Any model.</param>
    public static void Remove(CausalModel model) => TakeOff(model, restore: true);

    private static void TakeOff(CausalModel model, bool restore)
    {
        TrainedParts.Close(model, restore);
        foreach (var (_, layer) in Adapted(model))
        {
            layer.Adapter!.Dispose();
            layer.Adapter = null;
        }

        foreach (var parameter in model.parameters())
        {
            parameter.requires_grad = parameter.device_type != TorchSharp.DeviceType.META;
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

    private static List<(string Name, Linear Layer)> Layers(CausalModel model, AdapterConfig config, string folder)
    {
        try
        {
            var layers = (
                config.Pattern is { } pattern
                    ? TargetLayers.Matching(model, pattern)
                    : TargetLayers.Named(model, config.Options.Targets)
            )
                .Where(layer => config.Selection.Takes(layer.Name))
                .ToList();
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

    private static void Open(CausalModel model, AdapterConfig config, string folder)
    {
        try
        {
            TrainedParts.Open(model, config.Options);
        }
        catch (ArgumentException e)
        {
            throw new ModelFileException(
                Path.Combine(folder, AdapterConfig.FileName),
                "modules_to_save",
                e.Message,
                "modules of the base that nothing else shares"
            );
        }
    }

    /// <summary>The settings of what is on: those of the first layer, and patterns for layers that differ.</summary>
    private static LoraOptions Options(CausalModel model, List<(string Name, Linear Layer)> adapted)
    {
        var first = adapted[0].Layer.Adapter!;
        var (targets, layers) = TargetLayers.ShortNames(model, [.. adapted.Select(layer => layer.Name)]);
        IReadOnlyList<KeyValuePair<string, double>> Differing(Func<LowRank, double> value) =>
            [
                .. adapted
                    .Where(layer => value(layer.Layer.Adapter!) != value(first))
                    .Select(layer => KeyValuePair.Create(layer.Name, value(layer.Layer.Adapter!))),
            ];
        var biases = model.Trained.Where(part => part.Original is null).ToList();
        return new LoraOptions(first.Rank, first.Alpha, first.Dropout, first.RankStabilized, targets)
        {
            Layers = layers,
            Dora = first.Magnitude is not null,
            RankPattern = Differing(pair => pair.Rank),
            AlphaPattern = Differing(pair => pair.Alpha),
            ModulesToSave =
            [
                .. model
                    .Trained.Where(part => part.Original is not null)
                    .Select(part => part.Name[..part.Name.LastIndexOf('.')])
                    .Distinct(StringComparer.Ordinal),
            ],
            Bias =
                biases.Count == 0 ? "none"
                : biases.TrueForAll(part => part.Name.EndsWith(".base_layer.bias", StringComparison.Ordinal))
                    ? "lora_only"
                : "all",
        };
    }

    // Adapters are float32 whatever the base computes in, as PEFT keeps them: their steps are too small for bf16.
    private static LowRank Empty(string name, Linear layer, LoraOptions options)
    {
        var at = new Placement(ScalarType.Float32, layer.Device);
        var rank = (int)(LayerPattern.Find(options.RankPattern, name) ?? options.Rank);
        Parameter down = at.New(rank, layer.Inputs);
        Parameter up = at.New(layer.Outputs, rank);
        return new LowRank(
            down,
            up,
            options.Dora ? at.New(layer.Outputs) : null,
            LayerPattern.Find(options.AlphaPattern, name) ?? options.Alpha,
            options.RankStabilized,
            options.Dropout
        );
    }

    private static void Fill(SafeTensorsFile file, StoredTensor stored, Parameter parameter)
    {
        if (!stored.Shape.SequenceEqual(parameter.shape))
        {
            throw new ModelFileException(
                file.Path,
                stored.Name,
                $"[{string.Join(", ", stored.Shape)}]",
                $"[{string.Join(", ", parameter.shape)}]"
            );
        }

        TensorBytes.CopyTo(file, stored, parameter);
    }

    /// <summary>Every tensor of the adapter's file and where it lives.</summary>
    private static IEnumerable<(string Name, Parameter Parameter)> Places(CausalModel model) =>
        Adapted(model)
            .SelectMany(layer => PairOf(layer.Name, layer.Layer.Adapter!))
            .Concat(model.Trained.Select(part => (part.Name, part.Parameter)))
            .Select(place => (Prefix + place.Item1, place.Item2));

    private static IEnumerable<(string, Parameter)> PairOf(string layer, LowRank pair)
    {
        yield return ($"{layer}.lora_A.weight", pair.Down);
        yield return ($"{layer}.lora_B.weight", pair.Up);
        if (pair.Magnitude is not null)
        {
            yield return ($"{layer}.lora_magnitude_vector", pair.Magnitude);
        }
    }

    // Some versions of PEFT name a target's bias without the wrapper.
    private static string BaseBias(string name) =>
        name.EndsWith(".bias", StringComparison.Ordinal) ? name[..^".bias".Length] + ".base_layer.bias" : name;
}
