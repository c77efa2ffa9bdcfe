using Finetune.Cli.Invocation;
using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Tokenizers;

namespace Finetune.Cli.Batch;

/// <summary>A model from a folder, with its adapter and tokenizer where there are any.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tokenizer">Null for a folder without one.</param>
internal sealed record LoadedModel(CausalModel Model, Tokenizer? Tokenizer)
{
    /// <summary>Loads them. A folder that is an adapter itself needs its base named too.</summary>
    /// <param name="model"><c>--model</c>.</param>
    /// <param name="adapter"><c>--adapter</c>, or null.</param>
    /// <param name="precision"><c>--precision</c>: fp32 (also where null) or bf16.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="UsageException">Something named is not there.</exception>
    public static LoadedModel Load(string? model, string? adapter, string? precision, ComputeDevice device)
    {
        var folder = ModelPlace.Folder(model);
        var numbers = precision switch
        {
            null or "fp32" => Precision.Float32,
            "bf16" => Precision.BFloat16,
            _ => throw new UsageException($"'{precision}' is no precision", "fp32 or bf16"),
        };
        if (LoraAdapter.IsAdapterFolder(folder) && !File.Exists(Path.Combine(folder, "config.json")))
        {
            throw new UsageException(
                $"'{model}' is an adapter without its model",
                "name the model with --model and the adapter with --adapter"
            );
        }

        if (adapter is not null && !LoraAdapter.IsAdapterFolder(adapter))
        {
            throw new UsageException($"'{adapter}' is no adapter folder", "name a folder with adapter_config.json");
        }

        var tokenizer = Tokenizer.ExistsIn(folder) ? Tokenizer.Load(folder) : null;
        var loaded = ModelFolder.Load(folder, numbers, device: device);
        Threads.Fit(loaded.Shape);
        if (adapter is not null)
        {
            LoraAdapter.Load(loaded, adapter);
        }

        return new(loaded, tokenizer);
    }

    /// <summary>The token that ends a sequence: the tokenizer's, else the model's first.</summary>
    public int? EosId => Tokenizer?.EosId ?? (Model.Shape.EosIds.Count > 0 ? Model.Shape.EosIds[0] : null);

    /// <summary>The tokenizer.</summary>
    /// <exception cref="RowException">There is none.</exception>
    public Tokenizer NeedTokenizer() =>
        Tokenizer
        ?? throw new RowException(
            "FT7003",
            "the model has no tokenizer, so it cannot read text",
            "give \"input_ids\" instead"
        );

    /// <summary>Ids of a prompt: to go on from, or all that an encoder reads.</summary>
    /// <exception cref="RowException">There is no tokenizer.</exception>
    public int[] Prompt(string text) =>
        Model.Shape.DecoderStart is { } start
            ? ExampleEncoder.Source(NeedTokenizer(), text, EosId ?? start)
            : ExampleEncoder.Prompt(NeedTokenizer(), text);

    /// <summary>Ids that the model can take.</summary>
    /// <exception cref="RowException">They are too many, or not of its vocabulary.</exception>
    public int[] Fitting(int[] ids) =>
        ids.Length <= Model.Shape.MaxPositions
            ? InputRow.Within(ids, Model.Shape.VocabularySize)
            : throw new RowException(
                "FT3021",
                $"{ids.Length} tokens; the model takes {Model.Shape.MaxPositions}",
                "shorten the row"
            );
}
