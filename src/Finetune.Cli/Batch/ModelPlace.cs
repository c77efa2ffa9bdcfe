using Finetune.Cli.Hub;
using Finetune.Cli.Invocation;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Diagnostics;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Hub;

namespace Finetune.Cli.Batch;

/// <summary>What <c>--model</c> may name.</summary>
internal static class ModelPlace
{
    /// <summary>The folder of a model named on the command line.</summary>
    /// <exception cref="UsageException">None is named, or it is not there.</exception>
    public static string Folder(string? model, HubPart part = HubPart.Model)
    {
        if (string.IsNullOrEmpty(model))
        {
            throw new UsageException(
                "no model is named",
                "say --model with a folder in Hugging Face layout, or hub:org/name"
            );
        }

        if (HubReference.IsReference(model))
        {
            return HubModels.Folder(model, part);
        }

        if (!model.StartsWith(BuiltInModels.Prefix, StringComparison.Ordinal))
        {
            return Directory.Exists(model)
                ? Path.GetFullPath(model)
                : throw new UsageException(
                    $"there is no folder '{model}'",
                    NearestMatch.OfFile(model) is { } near ? $"did you mean '{near}'?" : null
                );
        }

        return BuiltInModels.Folder(model[BuiltInModels.Prefix.Length..])
            ?? throw new UsageException(
                $"there is no '{model}'",
                "there is " + string.Join(", ", BuiltInModels.Names().Select(n => BuiltInModels.Prefix + n))
            );
    }

    /// <summary>The tokenizer of a model named on the command line.</summary>
    /// <exception cref="UsageException">It has none.</exception>
    public static Tokenizer Tokenizer(string? model)
    {
        var folder = Folder(model, HubPart.Tokenizer);
        return Engine.Tokenizers.Tokenizer.ExistsIn(folder)
            ? Engine.Tokenizers.Tokenizer.Load(folder)
            : throw new UsageException($"'{model}' has no tokenizer", "name a folder that holds one");
    }
}
