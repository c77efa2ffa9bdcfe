using System.Text.Json;
using Finetune.Stages.Compilation.Binding;
using Finetune.Stages.Compilation.Models;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Hub;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>The base, its tokenizer and the adapter to start from: whether their files are there.</summary>
internal static class ModelChecks
{
    // What Transformers assumes of a Llama whose configuration does not say.
    private const int UsualLength = 2048;

    /// <summary>What was found; null after a fault.</summary>
    public static ResolvedModel? Check(CheckContext context, IReadOnlyCollection<string>? modelTypes)
    {
        var model = context.Settings.Model;
        var (path, written) = model is RandomModelSection random
            ? ("model.config", random.Config)
            : ("model.base", ((BaseModelSection)model).Base);
        var part = model is BaseModelSection ? HubPart.Model : HubPart.Tokenizer;
        var folder = written.Length > 0 ? Folder(context, path, written, part) : null;
        var missing = folder is not null && IsMissing(folder);
        var config =
            folder is null ? null
            : missing ? JsonDocument.Parse("{}")
            : Config(context, path, folder, modelTypes);
        if (folder is not null && !missing && model is BaseModelSection)
        {
            CheckWeights(context, path, folder);
        }

        var tokenizer = Tokenizer(context, model, path, folder);
        var adapter = AdapterChecks.Check(context, model.Adapter);
        if (folder is null || config is null || tokenizer is null)
        {
            return null;
        }

        using (config)
        {
            var hasEncoder = ModelFiles.HasEncoder(config.RootElement);
            if (hasEncoder && context.Places.Has("model.boundary"))
            {
                context.AtKey(
                    Codes.Meaningless,
                    "model.boundary",
                    "an encoder reads the prompt and a decoder writes the completion: they have no boundary",
                    "leave 'boundary' out"
                );
            }

            return new ResolvedModel(
                folder,
                DisplayName(written, folder),
                ModelFiles.OfModel(folder, weights: model is BaseModelSection),
                tokenizer,
                ModelFiles.OfTokenizer(tokenizer),
                adapter,
                MaxLength(context, model, config.RootElement),
                hasEncoder
            )
            {
                Layers = Layers(config.RootElement),
                MissingBase = Missing(folder),
                MissingTokenizer = Missing(tokenizer),
                MissingAdapter = model.Adapter?.StartFrom is { } from && adapter is null ? Missing(from) : null,
            };
        }
    }

    /// <summary>The folder that a path, a built-in name or a reference to the Hub stands for; null after a fault. Of what
    /// is not downloaded yet, the reference itself (<see cref="IsMissing"/>).</summary>
    public static string? Folder(CheckContext context, string path, string written, HubPart part)
    {
        if (written.StartsWith(BuiltInModels.Prefix, StringComparison.Ordinal))
        {
            var name = written[BuiltInModels.Prefix.Length..];
            if (BuiltInModels.Folder(name) is { } builtIn)
            {
                return builtIn;
            }

            context.AtValue(
                Codes.UnknownBuiltIn,
                path,
                $"there is no built-in model '{name}'",
                Words.Suggest(name, BuiltInModels.Names(), "the built-in models")
            );
            return null;
        }

        if (HubReference.IsReference(written))
        {
            return HubPlaces.Reference(context, path, written, isDataset: false) is { } reference
                ? context.Hub.Find(new HubWish(reference, part))?.Folder ?? reference.Name
                : null;
        }

        var folder = context.Resolve(written).TrimEnd(Path.DirectorySeparatorChar);
        if (Directory.Exists(folder))
        {
            return folder;
        }

        if (File.Exists(folder))
        {
            context.AtValue(Codes.NoSuchPath, path, $"'{written}' is a file, a folder is wanted");
        }
        else
        {
            NearestFile.NoSuchPath(context, path, written, folder, "folder");
        }

        return null;
    }

    /// <summary>Whether a folder is a reference to what is not downloaded yet.</summary>
    public static bool IsMissing(string folder) => HubReference.IsReference(folder);

    /// <summary>Why a folder is not here; null where it is.</summary>
    public static string? Missing(string? folder) =>
        folder is not null && IsMissing(folder) ? HubPlaces.Reason(HubReference.Parse(folder)!) : null;

    // A commit says more than a revision, which may have moved since.
    private static string DisplayName(string written, string folder) =>
        written.StartsWith(BuiltInModels.Prefix, StringComparison.Ordinal) ? written
        : HubReference.Parse(written) is not { } reference ? Path.GetFileName(folder)
        : reference.IsCommit || IsMissing(folder) ? reference.Name
        : $"{reference.Name} (commit {Path.GetFileName(folder)[..12]})";

    /// <summary>Another model and its tokenizer, both in one folder; null after a fault.</summary>
    /// <param name="context">The document.</param>
    /// <param name="path">The key that names it.</param>
    /// <param name="written">What it says.</param>
    /// <param name="modelTypes">Families that can be computed; null where all are let be.</param>
    /// <param name="length">The longest example.</param>
    public static ResolvedContender? Other(
        CheckContext context,
        string path,
        string written,
        IReadOnlyCollection<string>? modelTypes,
        int length
    )
    {
        if (Folder(context, path, written, HubPart.Model) is not { } folder)
        {
            return null;
        }

        if (IsMissing(folder))
        {
            return new ResolvedContender([], []) { Missing = Missing(folder) };
        }

        if (Config(context, path, folder, modelTypes) is not { } config)
        {
            return null;
        }

        using (config)
        {
            CheckWeights(context, path, folder);
            var tokenizer = ModelFiles.OfTokenizer(folder);
            if (tokenizer.Count == 0)
            {
                context.AtValue(Codes.ModelFiles, path, $"the folder has no '{ModelFiles.Tokenizer}'");
            }

            var hasEncoder = ModelFiles.HasEncoder(config.RootElement);
            if (Limit(config.RootElement) is { } limit && length > limit && !hasEncoder)
            {
                context.AtValue(
                    Codes.LongerThanModel,
                    path,
                    $"prompts and answers may have {length} tokens here, this model takes {limit} at most",
                    $"write model.max_length: {limit}, or leave it out"
                );
            }

            return new ResolvedContender(ModelFiles.OfModel(folder, weights: true), tokenizer)
            {
                HasEncoder = hasEncoder,
            };
        }
    }

    private static JsonDocument? Config(
        CheckContext context,
        string path,
        string folder,
        IReadOnlyCollection<string>? modelTypes
    )
    {
        var file = Path.Combine(folder, ModelFiles.Config);
        var config = ModelFiles.Json(file);
        if (config is null)
        {
            context.AtValue(
                Codes.ModelFiles,
                path,
                File.Exists(file)
                    ? $"'{ModelFiles.Config}' is not a JSON object"
                    : $"the folder has no '{ModelFiles.Config}'",
                "give a folder in Hugging Face layout"
            );
            return null;
        }

        if (modelTypes is not null)
        {
            CheckFamily(context, path, config.RootElement, modelTypes);
        }

        return config;
    }

    private static void CheckFamily(
        CheckContext context,
        string path,
        JsonElement config,
        IReadOnlyCollection<string> known
    )
    {
        var family =
            config.TryGetProperty("model_type", out var type) && type.ValueKind == JsonValueKind.String
                ? type.GetString()!
                : "";
        if (!known.Contains(family, StringComparer.Ordinal))
        {
            context.AtValue(
                Codes.UnknownFamily,
                path,
                family.Length == 0
                    ? $"'{ModelFiles.Config}' has no model_type"
                    : $"models of type '{family}' cannot be computed",
                Words.Suggest(family, known, "the types that can")
            );
        }
    }

    private static void CheckWeights(CheckContext context, string path, string folder)
    {
        if (File.Exists(Path.Combine(folder, ModelFiles.Weights)))
        {
            return;
        }

        if (File.Exists(Path.Combine(folder, ModelFiles.Index)))
        {
            var shards = ModelFiles.Shards(folder);
            if (shards.Count == 0)
            {
                context.AtValue(Codes.ModelFiles, path, $"'{ModelFiles.Index}' has no readable weight_map");
            }

            foreach (var shard in shards.Where(s => !File.Exists(Path.Combine(folder, s))))
            {
                context.AtValue(Codes.ModelFiles, path, $"the folder lacks '{shard}', which its index names");
            }

            return;
        }

        var pickled = ModelFiles.PickledIn(folder);
        if (pickled.Count > 0)
        {
            context.AtValue(
                Codes.PickledWeights,
                path,
                $"'{pickled[0]}' holds pickled weights, which can run code when they are loaded",
                $"convert the model to safetensors ('{ModelFiles.Weights}')"
            );
            return;
        }

        context.AtValue(Codes.ModelFiles, path, $"the folder has no '{ModelFiles.Weights}'");
    }

    private static string? Tokenizer(CheckContext context, ModelSection model, string basePath, string? baseFolder)
    {
        var path = model.Tokenizer is null ? basePath : "model.tokenizer";
        var folder = model.Tokenizer is null ? baseFolder : Folder(context, path, model.Tokenizer, HubPart.Tokenizer);
        if (folder is null || IsMissing(folder) || ModelFiles.OfTokenizer(folder).Count > 0)
        {
            return folder;
        }

        context.AtValue(
            Codes.ModelFiles,
            path,
            $"the folder has no '{ModelFiles.Tokenizer}'",
            model.Tokenizer is null ? "name a folder that has one: tokenizer: FOLDER" : null
        );
        return null;
    }

    private static int MaxLength(CheckContext context, ModelSection model, JsonElement config)
    {
        var limit = Limit(config);

        // Relative positions have no end: there the length that the model was made with is a default alone.
        if (model.MaxLength > limit && !ModelFiles.HasEncoder(config))
        {
            context.AtValue(
                Codes.LongerThanModel,
                "model.max_length",
                $"'model.max_length' is {model.MaxLength}, the model takes {limit} tokens at most"
            );
        }

        return model.MaxLength ?? limit ?? UsualLength;
    }

    private static int? Limit(JsonElement config) =>
        Number(config, "max_position_embeddings") ?? Number(config, "n_positions") ?? Number(config, "n_ctx");

    // Under one of these names in every family.
    private static int? Layers(JsonElement config) =>
        Number(config, "num_hidden_layers") ?? Number(config, "n_layer") ?? Number(config, "num_layers");

    private static int? Number(JsonElement config, string key) =>
        config.TryGetProperty(key, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var number)
        && number > 0
            ? number
            : null;
}
