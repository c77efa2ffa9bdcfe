using System.Globalization;
using System.Text.RegularExpressions;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>From a model's weights and the groups that are asked for to one rule a weight.</summary>
internal static class WeightRules
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>One rule a weight.</summary>
    /// <param name="model">Whose weights they are.</param>
    /// <param name="names">Of the trained weights.</param>
    /// <param name="weights">The trained weights.</param>
    /// <param name="weightDecay">Of weights that decay.</param>
    /// <param name="groups">What differs between weights.</param>
    public static IReadOnlyList<WeightRule> Of(
        CausalModel model,
        IReadOnlyList<string> names,
        IReadOnlyList<Tensor> weights,
        double weightDecay,
        WeightGroups groups
    )
    {
        NamePattern.CheckEach("optimizer.no_decay", groups.NoDecay, names);
        var embeddings = Embeddings(model);
        var head = HeadName(model);
        var depths = groups.LayerDecay is null ? [] : Depths(model);
        return
        [
            .. names.Zip(
                weights,
                (name, weight) =>
                {
                    var decays = weight.dim() >= 2 && !NamePattern.FitsAny(groups.NoDecay, name);
                    var factor = 1.0;
                    if (groups.LoraPlusRatio is { } ratio && IsUpper(name, weight))
                    {
                        factor *= ratio;
                    }

                    if (groups.LayerDecay is { } decay)
                    {
                        factor *= Math.Pow(decay, LayersAbove(name, embeddings.Contains(name), depths));
                    }

                    var hidden = weight.dim() == 2 && !embeddings.Contains(name) && name != head;
                    return new WeightRule(factor, decays ? weightDecay : 0, hidden);
                }
            ),
        ];
    }

    // As PEFT's create_loraplus_optimizer: B, and whatever is a vector.
    private static bool IsUpper(string name, Tensor weight) =>
        name.Contains("lora_B", StringComparison.Ordinal) || weight.dim() == 1;

    // As BEiT and timm count: embedding 0, layer i at i + 1, all that follows the layers at the top.
    private static int LayersAbove(string name, bool isEmbedding, Dictionary<string, int> depths) =>
        Layer(name) is { Stack: { } stack, Index: { } index } ? depths[stack] - index
        : isEmbedding ? depths.Values.DefaultIfEmpty(0).Max() + 1
        : 0;

    // Layers of every stack, frozen ones too.
    private static Dictionary<string, int> Depths(CausalModel model) =>
        model
            .named_parameters()
            .Select(p => Layer(p.name))
            .Where(l => l.Stack is not null)
            .GroupBy(l => l.Stack!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Max(l => l.Index!.Value) + 1, StringComparer.Ordinal);

    /// <summary>The list of layers that a weight is in, and its number there; nulls for what is in none.</summary>
    internal static (string? Stack, int? Index) Layer(string name)
    {
        var match = Regex.Match(name, @"^(.*?)\.(\d+)\.", RegexOptions.CultureInvariant, Patience);
        return match.Success
            ? (match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : (null, null);
    }

    private static HashSet<string> Embeddings(CausalModel model) =>
        [
            .. model
                .named_modules()
                .Where(m => m.module is Embedding)
                .SelectMany(m => m.module.named_parameters(recurse: false).Select(p => $"{m.name}.{p.name}")),
        ];

    private static string? HeadName(CausalModel model)
    {
        var handle = model.HeadWeight.Handle;
        return model.named_parameters().Where(p => p.parameter.Handle == handle).Select(p => p.name).FirstOrDefault();
    }
}
