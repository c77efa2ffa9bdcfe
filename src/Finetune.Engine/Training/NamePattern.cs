using System.Text.RegularExpressions;

namespace Finetune.Engine.Training;

/// <summary>
/// Names of weights by pattern: whole parts between dots, one after another, wherever they stand in the name; <c>*</c>
/// is any text. <c>layers.0</c> is in <c>model.layers.0.mlp.up_proj.weight</c> and not in <c>model.layers.01.x</c>.
/// </summary>
public static class NamePattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Whether a pattern fits a name.</summary>
    public static bool Fits(string pattern, string name)
    {
        var text = Regex.Escape(pattern).Replace(@"\*", ".*", StringComparison.Ordinal);
        return Regex.IsMatch(name, $@"(^|\.){text}(\.|$)", RegexOptions.CultureInvariant, Patience);
    }

    /// <summary>Whether one of the patterns fits a name.</summary>
    public static bool FitsAny(IReadOnlyList<string> patterns, string name) => patterns.Any(p => Fits(p, name));

    /// <summary>Refuses patterns that fit no name.</summary>
    /// <param name="setting">Where they are written.</param>
    /// <param name="patterns">The patterns.</param>
    /// <param name="names">The names there are.</param>
    /// <exception cref="WeightSelectionException">A pattern fits none.</exception>
    public static void CheckEach(string setting, IReadOnlyList<string> patterns, IReadOnlyList<string> names)
    {
        foreach (var pattern in patterns)
        {
            if (!names.Any(name => Fits(pattern, name)))
            {
                throw new WeightSelectionException(
                    $"'{setting}' has '{pattern}', which fits none of the {names.Count} trained weights, e.g. {string.Join(", ", names.Take(3))}"
                );
            }
        }
    }
}

/// <summary>Patterns that choose nothing, or leave nothing.</summary>
/// <param name="message">Which, and what there is.</param>
public sealed class WeightSelectionException(string message) : Exception(message);
