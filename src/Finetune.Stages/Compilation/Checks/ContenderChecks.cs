using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Gates;
using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Contenders beyond base and tuned: stages there are, and models and adapters that can be loaded.</summary>
internal static class ContenderChecks
{
    private static readonly string[] Taken = [ContenderItem.ZeroShot, ContenderItem.Tuned, GateFigures.Seeds];

    /// <summary>Models and adapters that the pipeline does not make, by contender.</summary>
    public static IReadOnlyDictionary<string, ResolvedContender> Check(
        CheckContext context,
        IReadOnlyList<ContenderItem> contenders,
        ResolvedModel? model,
        IReadOnlyCollection<string>? modelTypes
    )
    {
        var resolved = new Dictionary<string, ResolvedContender>(StringComparer.Ordinal);
        foreach (var contender in contenders)
        {
            CheckStage(context, contender);
            if ((contender.Model ?? contender.Adapter) is null)
            {
                continue;
            }

            if (Taken.Contains(contender.Name, StringComparer.Ordinal))
            {
                context.AtValue(
                    Codes.BadName,
                    $"{contender.Place}.name",
                    $"'{contender.Name}' is the name of another contender",
                    "call it otherwise"
                );
            }

            if (IsOwnExport(context, contender))
            {
                continue;
            }

            var found = contender.Model is { } other
                ? ModelChecks.Other(context, $"{contender.Place}.model", other, modelTypes, model?.MaxLength ?? 0)
                : Adapter(context, $"{contender.Place}.adapter", contender.Adapter!);
            if (found is not null)
            {
                resolved[contender.Name] = found;
            }
        }

        return resolved;
    }

    private static void CheckStage(CheckContext context, ContenderItem contender)
    {
        var stages = context.Settings.Training.Select(t => t.Name).ToList();
        if (contender.Stage is not { } stage || context.Findings.HasErrorAt("training"))
        {
            return;
        }

        if (!stages.Contains(stage, StringComparer.Ordinal))
        {
            context.AtValue(
                Codes.NothingTrained,
                $"{contender.Place}.stage",
                $"there is no training stage '{stage}'",
                Words.Suggest(stage, stages, "the stages")
            );
        }
        else if (stage == stages[^1])
        {
            context.AtValue(
                Codes.Repeated,
                $"{contender.Place}.stage",
                $"'{stage}' is the last stage, and what it leaves is the contender 'tuned'",
                "write tuned"
            );
        }
    }

    // It would be another model after every run, and the run after that not the same again.
    private static bool IsOwnExport(CheckContext context, ContenderItem contender)
    {
        var written = contender.Model ?? contender.Adapter!;
        if (
            HubReference.IsReference(written)
            || !context.Settings.Export.Any(e => e.To.Length > 0 && context.Resolve(e.To) == context.Resolve(written))
        )
        {
            return false;
        }

        context.AtValue(
            Codes.Meaningless,
            $"{contender.Place}.{(contender.Model is null ? "adapter" : "model")}",
            $"'{written}' is written by this pipeline's own export, after it is compared",
            "copy what is there to another folder, and name that one"
        );
        return true;
    }

    private static ResolvedContender? Adapter(CheckContext context, string path, string written)
    {
        if (ModelChecks.Folder(context, path, written, HubPart.Adapter) is not { } folder)
        {
            return null;
        }

        return ModelChecks.IsMissing(folder) ? new ResolvedContender([], []) { Missing = ModelChecks.Missing(folder) }
            : AdapterChecks.Files(context, path, folder) is { } files ? new ResolvedContender(files, [])
            : null;
    }
}
