using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Finetune.Engine.Adapters;

/// <summary>Parameters of the base that an adapter trains and keeps beside its pairs: whole modules
/// (<c>modules_to_save</c>) and biases.</summary>
internal static class TrainedParts
{
    /// <summary>Opens them for training and remembers the base's own values.</summary>
    /// <param name="model">Frozen, its pairs attached.</param>
    /// <param name="options">Says which.</param>
    /// <exception cref="ArgumentException">A name that no module bears, or one that would change another part.</exception>
    public static void Open(CausalModel model, LoraOptions options)
    {
        foreach (var (name, parameter) in Modules(model, options.ModulesToSave))
        {
            model.Trained.Add(new TrainedPart(name, parameter, parameter.detach().clone()));
        }

        foreach (var (name, bias) in Biases(model, options.Bias))
        {
            if (!model.Trained.Any(part => ReferenceEquals(part.Parameter, bias)))
            {
                model.Trained.Add(new TrainedPart(name, bias, null));
            }
        }

        foreach (var part in model.Trained)
        {
            part.Parameter.requires_grad = true;
        }
    }

    /// <summary>Forgets them; what they replaced comes back, or what they are now stays.</summary>
    public static void Close(CausalModel model, bool restore)
    {
        using var noGrad = no_grad();
        foreach (var part in model.Trained)
        {
            if (restore && part.Original is not null)
            {
                part.Parameter.copy_(part.Original);
            }

            part.Original?.Dispose();
        }

        model.Trained.Clear();
    }

    // PEFT compares the ends of names as text: "norm" takes every "...norm".
    private static IEnumerable<(string Name, Parameter Parameter)> Modules(
        CausalModel model,
        IReadOnlyList<string> suffixes
    )
    {
        var modules = model.named_modules().ToList();
        foreach (var suffix in suffixes)
        {
            var meant = modules.Where(m => m.name.EndsWith(suffix, StringComparison.Ordinal)).ToList();
            if (meant.Count == 0)
            {
                throw new ArgumentException($"no module's name ends in \"{suffix}\"", nameof(suffixes));
            }

            foreach (var (name, module) in meant)
            {
                if (module.modules().Prepend(module).OfType<Linear>().Any(layer => layer.Adapter is not null))
                {
                    throw new ArgumentException(
                        $"\"{name}\" has a low-rank pair and is to be trained whole",
                        nameof(suffixes)
                    );
                }

                if (module.modules().Prepend(module).OfType<Linear>().Any(layer => layer.IsFrozen))
                {
                    throw new ArgumentException(
                        $"\"{name}\" is quantised and cannot be trained whole",
                        nameof(suffixes)
                    );
                }

                if (module is Embedding embedding && ReferenceEquals(embedding.Weight, model.HeadWeight))
                {
                    throw new ArgumentException(
                        $"\"{name}\" is tied to the head; trained alone it would change that too",
                        nameof(suffixes)
                    );
                }
            }
        }

        return modules
            .Where(m => suffixes.Any(suffix => m.name.EndsWith(suffix, StringComparison.Ordinal)))
            .SelectMany(m => m.module.named_parameters().Select(p => ($"{m.name}.{p.name}", p.parameter)))
            .DistinctBy(p => p.Item1, StringComparer.Ordinal);
    }

    private static IEnumerable<(string Name, Parameter Parameter)> Biases(CausalModel model, string bias)
    {
        var adapted = TargetLayers.All(model).Where(layer => layer.Layer is { Adapter: not null, Bias: not null });
        var ofTargets = adapted.Select(layer => ($"{layer.Name}.base_layer.bias", layer.Layer.Bias!)).ToList();
        return bias switch
        {
            "none" => [],
            "lora_only" => ofTargets,
            _ => ofTargets.Concat(
                model
                    .named_parameters()
                    .Where(p =>
                        p.name.EndsWith("bias", StringComparison.Ordinal)
                        && !ofTargets.Exists(t => ReferenceEquals(t.Item2, p.parameter))
                    )
            ),
        };
    }
}
