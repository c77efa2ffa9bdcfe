using Finetune.Engine.Adapters;
using Finetune.Engine.Checkpoints;
using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Quantization;
using Finetune.Engine.Tokenizers;
using Finetune.Graph.Planning;

namespace Finetune.Stages.Answering;

/// <summary>From a step's inputs to models and tokenizers; every stage that holds a model loads it here.</summary>
public static class ModelInputs
{
    /// <summary>The private entry that names a step's device; without it the processor computes.</summary>
    public const string DeviceEntry = "device";

    /// <summary>Where the step computes.</summary>
    /// <exception cref="DeviceException">It is not here.</exception>
    public static ComputeDevice Device(StageContext context) =>
        ComputeDevice.Of((string?)context.Step.Private[DeviceEntry] ?? ComputeDevice.Processor);

    /// <summary>The folder of the input <c>base</c> (or <paramref name="input"/>), a list of files in one folder.</summary>
    public static string Folder(StageContext context, string input = "base") =>
        Path.GetDirectoryName(context.InputPaths[input][0])!;

    /// <summary>The folder of the input <c>model</c>, a training stage's output or a list of files in one folder; null where
    /// there is none.</summary>
    public static string? Tuned(StageContext context) =>
        !context.InputPaths.TryGetValue("model", out var paths) ? null
        : Directory.Exists(paths[0]) ? paths[0]
        : Path.GetDirectoryName(paths[0]);

    /// <summary>The tokenizer of the input <c>tokenizer</c>.</summary>
    /// <exception cref="Engine.ModelFileException">A tokenizer file cannot be used.</exception>
    public static Tokenizer Tokenizer(StageContext context) =>
        Engine.Tokenizers.Tokenizer.Load(Folder(context, "tokenizer"));

    /// <summary>
    /// The base, or what a training stage made of it: a whole model, or an adapter on the base.
    /// </summary>
    /// <param name="baseFolder">The base's folder.</param>
    /// <param name="tuned">A training stage's output, or null for the base itself.</param>
    /// <param name="randomInitialisation">Whether the base is random weights of its config.</param>
    /// <param name="precision">What it computes in.</param>
    /// <param name="seed">For random weights.</param>
    /// <param name="format">How linear layers hold their weights; random ones are always whole.</param>
    /// <param name="device">Where they are; null: the processor.</param>
    /// <exception cref="Engine.ModelFileException">A model file cannot be used.</exception>
    public static CausalModel Load(
        string baseFolder,
        string? tuned,
        bool randomInitialisation,
        Precision precision,
        long seed,
        WeightFormat format = WeightFormat.Whole,
        ComputeDevice? device = null
    )
    {
        var adapter = tuned is not null && LoraAdapter.IsAdapterFolder(tuned) ? tuned : null;
        var whole = tuned is not null && (adapter is null || HasWeights(tuned)) ? tuned : null;
        var model =
            whole is not null ? ModelFolder.Load(whole, precision, format, device)
            : randomInitialisation ? ModelFolder.Initialize(baseFolder, seed, precision, device)
            : ModelFolder.Load(baseFolder, precision, format, device);
        Threads.Fit(model.Shape);
        if (adapter is not null)
        {
            LoraAdapter.Load(model, adapter);
        }

        return model;
    }

    /// <summary>
    /// Whether a training stage's output has weights of its own: all of them, or those that its adapter sits on, where
    /// they are not the base's.
    /// </summary>
    public static bool HasWeights(string tuned) => WeightFiles.In(tuned).Count > 0;

    /// <summary>The format of weights that a settings record names.</summary>
    public static WeightFormat FormatOf(string? quantization) =>
        quantization switch
        {
            null => WeightFormat.Whole,
            "nf4" => WeightFormat.NormalFloat,
            _ => WeightFormat.DoubleNormalFloat,
        };

    /// <summary>The precision a settings record names.</summary>
    public static Precision PrecisionOf(string name) => name == "bf16" ? Precision.BFloat16 : Precision.Float32;

    /// <summary>The boundary rule a settings record names.</summary>
    public static Boundary BoundaryOf(string name) =>
        name switch
        {
            "source" => Boundary.Source,
            "split" => Boundary.Split,
            _ => Boundary.Together,
        };

    /// <summary>The id that ends an example: what its chat template ends an answer with, else the tokenizer's.</summary>
    /// <param name="chat">What the example has of a conversation, or null.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="eosId">The tokenizer's end of sequence.</param>
    public static int EndOf(Artifacts.ChatExample? chat, Tokenizer tokenizer, int eosId) =>
        chat?.End is { } end ? tokenizer.IdOf(end) ?? eosId : eosId;

    /// <summary>
    /// Refuses a tokenizer whose vocabulary is larger than the model's: its ids would name no row of the embedding.
    /// Tokens added on top of a vocabulary are let be, since published models have such that no text uses.
    /// </summary>
    /// <exception cref="Engine.ModelFileException">It is larger.</exception>
    public static void CheckFits(StageContext context, Tokenizer tokenizer, ModelShape shape)
    {
        if (tokenizer.OwnVocabularySize > shape.VocabularySize)
        {
            throw new Engine.ModelFileException(
                context.InputPaths["tokenizer"][0],
                "vocab",
                $"{tokenizer.OwnVocabularySize} tokens",
                $"at most {shape.VocabularySize}, the model's vocab_size"
            );
        }
    }

    /// <summary>The id that ends every example without a chat template's own end.</summary>
    /// <exception cref="Engine.ModelFileException">Neither tokenizer nor model names one.</exception>
    public static int EosOf(Tokenizer tokenizer, ModelShape shape, string folder) =>
        tokenizer.EosId
        ?? (
            shape.EosIds.Count > 0
                ? shape.EosIds[0]
                : throw new Engine.ModelFileException(
                    Path.Combine(folder, "tokenizer_config.json"),
                    "eos_token",
                    "no end-of-sequence token",
                    "eos_token here or eos_token_id in config.json"
                )
        );
}
