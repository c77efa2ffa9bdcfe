using System.Text.Json;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>The adapter to start from: its files, and whether it is the kind that the document says.</summary>
internal static class AdapterChecks
{
    private const string Key = "model.adapter.start_from";

    /// <summary>Its files; null where there is none to start from, or after a fault.</summary>
    public static IReadOnlyList<string>? Check(CheckContext context, AdapterSection? adapter)
    {
        if (
            adapter?.StartFrom is not { } written
            || ModelChecks.Folder(context, Key, written, HubPart.Adapter) is not { } folder
            || ModelChecks.IsMissing(folder)
        )
        {
            return null;
        }

        if (Files(context, Key, folder) is not { } files)
        {
            return null;
        }

        using var config = ModelFiles.Json(Path.Combine(folder, ModelFiles.AdapterConfig))!;
        Compare(context, config.RootElement, "r", "rank", adapter.Rank);
        Compare(context, config.RootElement, "lora_alpha", "alpha", adapter.Alpha);
        return files;
    }

    /// <summary>The files of an adapter; null after a fault.</summary>
    public static IReadOnlyList<string>? Files(CheckContext context, string path, string folder)
    {
        using var config = ModelFiles.Json(Path.Combine(folder, ModelFiles.AdapterConfig));
        if (config is null)
        {
            context.AtValue(
                Codes.AdapterFiles,
                path,
                $"the folder has no readable '{ModelFiles.AdapterConfig}'",
                "give a folder with an adapter in PEFT's format"
            );
            return null;
        }

        if (File.Exists(Path.Combine(folder, ModelFiles.AdapterWeights)))
        {
            return ModelFiles.OfAdapter(folder);
        }

        var pickled = ModelFiles.PickledIn(folder);
        context.AtValue(
            pickled.Count > 0 ? Codes.PickledWeights : Codes.AdapterFiles,
            path,
            pickled.Count > 0
                ? $"'{pickled[0]}' holds pickled weights, which can run code when they are loaded"
                : $"the folder has no '{ModelFiles.AdapterWeights}'",
            pickled.Count > 0 ? $"convert the adapter to safetensors ('{ModelFiles.AdapterWeights}')" : null
        );
        return null;
    }

    private static void Compare(CheckContext context, JsonElement config, string theirs, string ours, double wanted)
    {
        if (
            config.TryGetProperty(theirs, out var value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetDouble(out var found)
            && found != wanted
        )
        {
            context.AtValue(
                Codes.AdapterFiles,
                context.Places.Has($"model.adapter.{ours}") ? $"model.adapter.{ours}" : Key,
                $"the adapter has {theirs} {Binding.Words.Of(found)}, the document says {ours} {Binding.Words.Of(wanted)}",
                $"write {ours}: {Binding.Words.Of(found)}"
            );
        }
    }
}
