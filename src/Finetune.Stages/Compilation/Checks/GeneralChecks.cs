using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Compilation.Tables;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>General questions: their source, their templates, and whether there is a tuned model to ask.</summary>
internal static class GeneralChecks
{
    private const string Key = "evaluation.general";

    /// <summary>The columns of their rows; unknown where there are none.</summary>
    public static Columns Check(CheckContext context, IReadOnlyDictionary<string, SourceTable> tables)
    {
        if (context.Settings.Evaluation?.General is not { } general)
        {
            return new Columns([]);
        }

        TemplateNames.Check(context, $"{Key}.templates", general.Templates);
        if (context.Settings.Training.Count == 0 && !context.Places.Has("training"))
        {
            context.AtKey(
                Codes.NothingTrained,
                Key,
                "there is no training that could make the model forget",
                "add a training stage, or leave 'general' out"
            );
        }

        if (tables.TryGetValue(general.Source, out var table))
        {
            CheckSplits(context, general);
            return new Columns([table]);
        }

        if (general.Source.Length > 0)
        {
            context.AtValue(
                Codes.UnknownSource,
                $"{Key}.source",
                $"there is no source '{general.Source}'",
                Words.Suggest(general.Source, [.. tables.Keys], "the sources")
            );
        }

        return new Columns([]);
    }

    // Rows that the model learns from say nothing of what it forgets.
    private static void CheckSplits(CheckContext context, GeneralSection general)
    {
        string?[] split = context.Settings.Splits switch
        {
            FractionSplitsSection fractions => [fractions.From],
            SourceSplitsSection sources => [sources.Train, sources.Validation, sources.Test],
            _ => [],
        };
        if (split.Contains(general.Source, StringComparer.Ordinal))
        {
            context.AtValue(
                Codes.Repeated,
                $"{Key}.source",
                $"'{general.Source}' is the source of splits too: its rows are no general questions",
                "name a source of its own"
            );
        }
    }
}
