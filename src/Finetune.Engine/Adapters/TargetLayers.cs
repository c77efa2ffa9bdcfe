using System.Text.RegularExpressions;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;

namespace Finetune.Engine.Adapters;

/// <summary>Finds the linear layers that an adapter goes on, by PEFT's rules.</summary>
internal static class TargetLayers
{
    /// <summary>PEFT's word for every linear layer but the head.</summary>
    public const string AllLinear = "all-linear";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Every linear layer but the head, with its name in checkpoints, in the order of registration.</summary>
    public static IReadOnlyList<(string Name, Linear Layer)> All(CausalModel model) =>
        [
            .. model
                .named_modules()
                .Where(m => m.module is Linear linear && !ReferenceEquals(linear.Weight, model.HeadWeight))
                .Select(m => (m.name, (Linear)m.module)),
        ];

    /// <summary>Layers whose name, or last parts of it, is in the list; all where the list is null.</summary>
    /// <exception cref="ArgumentException">A target that no layer bears.</exception>
    public static IReadOnlyList<(string Name, Linear Layer)> Named(CausalModel model, IReadOnlyList<string>? targets)
    {
        var all = All(model);
        if (targets is null)
        {
            return all;
        }

        foreach (var target in targets.Where(target => !all.Any(layer => Matches(layer.Name, target))))
        {
            var known = all.Select(layer => layer.Name.Split('.')[^1]).Distinct();
            throw new ArgumentException(
                $"no linear layer \"{target}\"; there are {string.Join(", ", known)}",
                nameof(targets)
            );
        }

        return [.. all.Where(layer => targets.Any(target => Matches(layer.Name, target)))];
    }

    /// <summary>Layers whose whole name matches a regular expression.</summary>
    public static IReadOnlyList<(string Name, Linear Layer)> Matching(CausalModel model, string pattern)
    {
        var whole = new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant, Patience);
        return [.. All(model).Where(layer => whole.IsMatch(layer.Name))];
    }

    /// <summary>The shortest way to name exactly these layers: last parts, last parts in some layers of the stack, or
    /// whole names where those say too much.</summary>
    public static (IReadOnlyList<string> Targets, AdaptedLayers? Layers) ShortNames(
        CausalModel model,
        IReadOnlyList<string> names
    )
    {
        var last = names.Select(name => name.Split('.')[^1]).Distinct().Order(StringComparer.Ordinal).ToList();
        var meant = Named(model, last).Select(layer => layer.Name).ToList();
        if (meant.SequenceEqual(names))
        {
            return (last, null);
        }

        var numbers = names
            .Select(name => AdaptedLayers.NumberOf(model, name))
            .OfType<int>()
            .Distinct()
            .Order()
            .ToList();
        return
            numbers.Count > 0
            && meant
                .Where(name => AdaptedLayers.NumberOf(model, name) is { } n && numbers.Contains(n))
                .SequenceEqual(names)
            ? (last, new AdaptedLayers(null, numbers))
            : ([.. names.Order(StringComparer.Ordinal)], null);
    }

    private static bool Matches(string name, string target) =>
        name == target || name.EndsWith("." + target, StringComparison.Ordinal);
}
