using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Planning;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Exports: what there is to export, and where to.</summary>
internal static class ExportChecks
{
    /// <summary>Exports: there must be something to export, and each format once.</summary>
    public static void Check(CheckContext context, ResolvedModel? model)
    {
        var formats = new HashSet<string>(StringComparer.Ordinal);
        var targets = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < context.Settings.Export.Count; i++)
        {
            var export = context.Settings.Export[i];
            if (export.Format.Length == 0 || export.To.Length == 0)
            {
                continue;
            }

            if (!formats.Add(export.Format))
            {
                context.AtValue(
                    Codes.Repeated,
                    $"export[{i}].format",
                    $"there are two exports with the format '{export.Format}'"
                );
            }

            if (
                export.Format == "peft"
                && (
                    AdapterPlan.Of(context.Settings) is [.., var last]
                        ? last.Adapter is null
                        : context.Settings.Model.Adapter is null
                )
                && (!context.Places.Has("model.adapter") || context.Settings.Model.Adapter is not null)
            )
            {
                context.AtValue(
                    Codes.Meaningless,
                    $"export[{i}].format",
                    "'peft' exports an adapter, and the model has none",
                    "write model.adapter, or format: huggingface"
                );
            }

            var target = context.Resolve(export.To);
            if (!targets.Add(target))
            {
                context.AtValue(Codes.Repeated, $"export[{i}].to", $"two exports are written to '{export.To}'");
            }

            if (model is not null && (target == model.Folder || target == model.TokenizerFolder))
            {
                context.AtValue(
                    Codes.Exclusive,
                    $"export[{i}].to",
                    "the export would be written over the model it starts from",
                    "take another folder"
                );
            }

            ExportFormatChecks.Check(context, $"export[{i}]", export, model);
            if (export.Format == "gguf")
            {
                if (Directory.Exists(target))
                {
                    context.AtValue(
                        Codes.NoSuchPath,
                        $"export[{i}].to",
                        $"'{export.To}' is a folder, a file is wanted",
                        $"write {export.To.TrimEnd('/')}/model.gguf"
                    );
                }
            }
            else if (File.Exists(target))
            {
                context.AtValue(Codes.NoSuchPath, $"export[{i}].to", $"'{export.To}' is a file, a folder is wanted");
            }
        }

        if (
            context.Settings.Export.Count > 0
            && context.Settings.Training.Count == 0
            && !context.Places.Has("training")
        )
        {
            context.AtKey(
                Codes.NothingTrained,
                "export",
                "there is nothing to export: no training",
                "add a training stage"
            );
        }
    }
}
