using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Warns of what is written and never used.</summary>
internal static class UseChecks
{
    /// <summary>Looks at sources and templates.</summary>
    public static void Check(CheckContext context)
    {
        var settings = context.Settings;
        var sources = settings.Splits switch
        {
            FractionSplitsSection fractions => [fractions.From],
            SourceSplitsSection split => new[] { split.Train, split.Validation, split.Test },
            _ => [],
        };
        var general = settings.Evaluation?.General?.Source;
        foreach (
            var name in settings.Sources.Keys.Where(n => n != general && !sources.Contains(n, StringComparer.Ordinal))
        )
        {
            context.WarnAtKey(Codes.Unused, $"sources.{name}", $"no split uses the source '{name}'");
        }

        var used = TemplateUse.Of(settings);
        foreach (
            var name in settings.Templates.Keys.Where(n =>
                !used.All.Concat(used.General).Contains(n, StringComparer.Ordinal)
            )
        )
        {
            context.WarnAtKey(
                Codes.Unused,
                $"templates.{name}",
                $"neither training nor evaluation uses the template '{name}'"
            );
        }
    }
}
