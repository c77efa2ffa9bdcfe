using System.Globalization;
using System.Text.RegularExpressions;

namespace Finetune.Engine.Adapters;

/// <summary>Which of the layers that are targets by name get a pair: PEFT's <c>layers_to_transform</c>,
/// <c>layers_pattern</c> and <c>exclude_modules</c>.</summary>
/// <param name="Layers">Numbers of decoder layers; empty for all.</param>
/// <param name="Patterns">Names of the list that layers are numbered in; empty for any.</param>
/// <param name="Excluded">Names, whole or their last parts, that get none.</param>
/// <param name="ExcludedPattern">A regular expression over whole names that get none; null without.</param>
internal sealed record LayerSelection(
    IReadOnlyList<int> Layers,
    IReadOnlyList<string> Patterns,
    IReadOnlyList<string> Excluded,
    string? ExcludedPattern
)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether a target of that name gets a pair.</summary>
    public bool Takes(string name) => !IsExcluded(name) && IsInLayers(name);

    private bool IsExcluded(string name) =>
        ExcludedPattern is not null && IsMatch(name, $"^(?:{ExcludedPattern})$")
        || Excluded.Any(e => name == e || name.EndsWith("." + e, StringComparison.Ordinal));

    private bool IsInLayers(string name)
    {
        if (Layers.Count == 0)
        {
            return true;
        }

        var patterns = Patterns.Count == 0 ? [@"[^.]*"] : Patterns;
        var found = patterns
            .Select(p => Regex.Match(name, $@"^.*\.{p}\.(\d+)\.", RegexOptions.CultureInvariant, Patience))
            .FirstOrDefault(m => m.Success);
        return found is not null && Layers.Contains(int.Parse(found.Groups[^1].Value, CultureInfo.InvariantCulture));
    }

    private static bool IsMatch(string name, string pattern) =>
        Regex.IsMatch(name, pattern, RegexOptions.CultureInvariant, Patience);
}
