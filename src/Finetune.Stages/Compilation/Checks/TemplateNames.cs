using Finetune.Stages.Compilation.Binding;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Lists of template names.</summary>
internal static class TemplateNames
{
    /// <summary>Tells names that are unknown or repeated.</summary>
    public static void Check(CheckContext context, string path, IReadOnlyList<string>? names)
    {
        var known = context.Settings.Templates;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < (names?.Count ?? 0); i++)
        {
            var name = names![i];
            if (!seen.Add(name))
            {
                context.AtValue(Codes.Repeated, $"{path}[{i}]", $"'{name}' is there twice");
            }
            else if (known.Count > 0 && !known.ContainsKey(name) && !context.Places.Has($"templates.{name}"))
            {
                context.AtValue(
                    Codes.UnknownTemplate,
                    $"{path}[{i}]",
                    $"there is no template '{name}'",
                    Words.Suggest(name, [.. known.Keys], "the templates")
                );
            }
        }
    }
}
