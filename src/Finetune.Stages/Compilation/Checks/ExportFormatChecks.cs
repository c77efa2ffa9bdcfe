using Finetune.Engine;
using Finetune.Engine.Export.Gguf;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>What is said of one format only, and whether the model has a place in it.</summary>
internal static class ExportFormatChecks
{
    /// <summary>Checks one export.</summary>
    public static void Check(CheckContext context, string path, ExportSection export, ResolvedModel? model)
    {
        OnlyFor("type", "gguf");
        OnlyFor("dtype", "huggingface");
        OnlyFor("shard_size", "huggingface");
        if (export.ShardSize is { } size && ByteSizes.Parse(size) is null)
        {
            context.AtValue(
                Codes.WrongType,
                $"{path}.shard_size",
                $"'{path}.shard_size' wants a size, found \"{size}\"",
                "write a number and KB, MB or GB, such as 5GB"
            );
        }

        if (export.Format == "gguf")
        {
            CheckGguf(context, path, export, model);
        }

        void OnlyFor(string key, string format)
        {
            if (export.Format != format && context.Places.Has($"{path}.{key}"))
            {
                context.AtKey(
                    Codes.Meaningless,
                    $"{path}.{key}",
                    $"'{key}' is of the format '{format}', and this export is '{export.Format}'",
                    $"leave '{key}' out"
                );
            }
        }
    }

    private static void CheckGguf(CheckContext context, string path, ExportSection export, ResolvedModel? model)
    {
        if (!export.To.EndsWith(".gguf", StringComparison.Ordinal))
        {
            context.AtValue(
                Codes.Exclusive,
                $"{path}.to",
                $"'{export.To}' is no file that ends in .gguf",
                $"write {export.To.TrimEnd('/')}/model.gguf"
            );
        }

        // What is not downloaded yet is looked at when it is.
        if (model is null || ModelChecks.IsMissing(model.Folder) || ModelChecks.IsMissing(model.TokenizerFolder))
        {
            return;
        }

        try
        {
            GgufExport.Check(model.Folder, model.TokenizerFolder);
        }
        catch (ModelFileException e)
        {
            var place = e.Field is null ? "" : $" ({e.Field})";
            context.AtValue(
                Codes.NoPlaceInFormat,
                $"{path}.format",
                $"this model cannot be exported as gguf: {Path.GetFileName(e.File)}{place}: found {e.Found}",
                $"wanted {e.Wanted}"
            );
            return;
        }

        if (GgufExport.ShorterContext(model.Folder) is { } length)
        {
            context.WarnAtKey(
                Codes.ShorterContext,
                $"{path}.format",
                $"llama.cpp knows no sliding window (or growing base) in this family: the file allows {length} tokens, up to which it computes the same"
            );
        }
    }
}
