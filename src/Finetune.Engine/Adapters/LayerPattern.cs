using System.Text.RegularExpressions;

namespace Finetune.Engine.Adapters;

/// <summary>Values by layer, as PEFT's <c>rank_pattern</c> and <c>alpha_pattern</c>.</summary>
internal static class LayerPattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The value of the first key that matches the end of a name, from a dot or the start; null for none.</summary>
    public static double? Find(IReadOnlyList<KeyValuePair<string, double>> pattern, string name)
    {
        foreach (var (key, value) in pattern)
        {
            if (Regex.IsMatch(name, $@"^(.*\.)?({key})$", RegexOptions.CultureInvariant, Patience))
            {
                return value;
            }
        }

        return null;
    }
}
