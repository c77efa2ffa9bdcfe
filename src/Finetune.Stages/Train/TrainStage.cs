using Finetune.Engine.Adapters;
using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Train;

/// <summary>
/// Runs one training stage. Inputs <c>base</c> (files), <c>tokenizer</c> (files), <c>train</c>, <c>validation</c>
/// (tokens), <c>examples</c> (validation examples), <c>choices</c>; <c>start</c> (the model of the stage before) where
/// there is one; <c>start_from</c> (adapter files) where set. Private entries: <c>checkpointing</c>.
/// </summary>
public sealed class TrainStage : IStage
{
    /// <summary>The private entry that says what of a pass is recomputed: <c>none</c> or <c>layer</c>.</summary>
    public const string Checkpointing = "checkpointing";

    /// <inheritdoc/>
    public string Kind => "train";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public IReadOnlyList<OutputDeclaration> Outputs { get; } =
    [new("log", "log.jsonl"), new("model", "model", IsFolder: true), new("summary", "summary.json")];

    /// <inheritdoc/>
    public bool Heavy => true;

    /// <inheritdoc/>
    public Task RunAsync(StageContext context, CancellationToken cancellationToken) =>
        EngineErrors.Translated(context, () => Run(context, cancellationToken));

    private static void Run(StageContext context, CancellationToken cancellationToken)
    {
        var settings = StageJson.FromJson<TrainSettings>(context.Step.Settings);
        var baseFolder = ModelInputs.Folder(context);
        var tokenizer = ModelInputs.Tokenizer(context);
        using var model = StartingModel(context, settings, baseFolder);
        model.Recomputes = (string?)context.Step.Private[Checkpointing] == "layer";
        ModelInputs.CheckFits(context, tokenizer, model.Shape);
        var eos = ModelInputs.EosOf(tokenizer, model.Shape, baseFolder);
        WeightSelection.Apply(model, settings.TrainOnly, settings.Freeze);
        var (train, rows) = Examples(context.Input("train"), settings, model.Shape);
        var (validation, _) = Examples(context.Input("validation"), settings, model.Shape);
        if (train.Count == 0)
        {
            throw new PipelineException(
                new Diagnostic("FT3201", $"{context.Step.Name} has no example to train on"),
                ExitCode.StepFailed
            );
        }

        var accuracy = ValidationAccuracy.Of(
            Questions(context, settings),
            m => new Responder(m, tokenizer, Answering(settings, eos))
        );
        var result = StepRows.Named(
            context.Step.Name,
            rows,
            () =>
                Trainer.Run(
                    model,
                    train,
                    validation,
                    accuracy,
                    TrainerOptions.From(settings),
                    context.Output("log"),
                    context.CheckpointFolder,
                    new Progress(context.Progress),
                    cancellationToken
                )
        );
        context.Facts["training_seconds"] = result.Seconds;
        context.Facts["tokens_per_second"] = result.Tokens / Math.Max(result.Seconds, 1e-9);
        Save(context, settings, model, baseFolder);
        SummaryFile.Write(context.Output("summary"), Summary(context, settings, model, result));
    }

    private static TrainingSummary Summary(
        StageContext context,
        TrainSettings settings,
        CausalModel model,
        TrainingResult result
    )
    {
        var parameters = model.parameters().Sum(p => p.numel());
        return new TrainingSummary(
            context.Step.Name["train.".Length..],
            result.Steps,
            settings.Keep == "last" ? null : result.BestStep,
            settings.Keep == "last" || result.BestStep is null ? null : settings.Keep,
            settings.Keep == "last" ? null : result.BestValue,
            result.Tokens,
            result.LabelTokens,
            parameters,
            result.TrainedParameters,
            6.0 * parameters * result.Tokens,
            settings.Precision,
            settings.MicroBatchSize,
            result.StoppedEarly
        )
        {
            OutOfTime = result.OutOfTime,
        };
    }

    // What a merge leaves is written at once: it is what the adapter to come sits on, and is read (and quantised) from.
    private static CausalModel Merged(StageContext context, TrainSettings settings, CausalModel model)
    {
        LoraAdapter.Merge(model);
        if (settings.Adapter is null)
        {
            return model;
        }

        ModelFolder.Save(model, context.Output("model"));
        if (settings.Quantization is null)
        {
            return model;
        }

        model.Dispose();
        return ModelFolder.Load(
            context.Output("model"),
            Precision.Float32,
            ModelInputs.FormatOf(settings.Quantization)
        );
    }

    private static string? Before(StageContext context) =>
        context.InputPaths.ContainsKey("start") ? context.Input("start") : null;

    private static CausalModel StartingModel(StageContext context, TrainSettings settings, string baseFolder)
    {
        var model = ModelInputs.Load(
            baseFolder,
            Before(context),
            settings.RandomInitialisation,
            // Also to compute in bfloat16: the trainer keeps the float32 weights.
            Precision.Float32,
            settings.Seed,
            ModelInputs.FormatOf(settings.Quantization)
        );
        var given = Before(context) is null && context.InputPaths.ContainsKey("start_from");
        if (given)
        {
            LoraAdapter.Load(model, ModelInputs.Folder(context, "start_from"));
        }

        if (settings.MergeBefore)
        {
            model = Merged(context, settings, model);
        }

        if (settings.Adapter is { } adapter && (settings.MergeBefore || (!given && Before(context) is null)))
        {
            Attach(context, model, adapter, settings.Seed);
        }

        return model;
    }

    private static void Attach(StageContext context, CausalModel model, AdapterSettings adapter, long seed)
    {
        try
        {
            LoraAdapter.Attach(
                model,
                new LoraOptions(adapter.Rank, adapter.Alpha, adapter.Dropout, adapter.Rslora, adapter.Targets)
                {
                    Dora = adapter.Dora,
                    ModulesToSave = adapter.ModulesToSave,
                    Bias = adapter.Bias,
                },
                seed
            );
        }
        catch (ArgumentException exception)
        {
            var message = exception.Message.Split(" (Parameter", 2)[0];
            throw new PipelineException(
                new Diagnostic("FT7004", $"{context.Step.Name}: the adapter does not fit the model: {message}"),
                ExitCode.StepFailed
            );
        }
    }

    private static (List<TrainingExample> Examples, List<long> Rows) Examples(
        string path,
        TrainSettings settings,
        ModelShape shape
    )
    {
        using var tokens = TokenFile.Open(path);
        var wanted = settings.Templates.ToHashSet(StringComparer.Ordinal);
        var everything = settings.Objective == "language-model";
        var examples = new List<TrainingExample>();
        var rows = new List<long>();
        for (var i = 0; i < tokens.Count; i++)
        {
            var example = tokens.Example(i);
            if (!wanted.Contains(example.Template))
            {
                continue;
            }

            rows.Add(example.Row);
            var (ids, scored) = (example.InputIds, example.LossMask);
            var source = Array.IndexOf(scored, true);
            examples.Add(
                shape.DecoderStart is { } start
                    ? TrainingExample.OfPair(ids[..source], start, ids.AsSpan(source))
                    : new TrainingExample(ids, everything ? [.. scored.Select((_, position) => position > 0)] : scored)
            );
        }

        return (examples, rows);
    }

    private static List<Question> Questions(StageContext context, TrainSettings settings)
    {
        // A language model has nothing to answer: its validation is the loss alone.
        if (settings.Objective == "language-model")
        {
            return [];
        }

        var wanted = settings.Templates.ToHashSet(StringComparer.Ordinal);
        var choices = ChoiceFile.Read(context.Input("choices"));
        return
        [
            .. ExampleFile
                .Read(context.Input("examples"))
                .Where(e => wanted.Contains(e.Template))
                .Select(e => Question.Of(e, choices)),
        ];
    }

    private static AnsweringOptions Answering(TrainSettings settings, int eos) =>
        new(
            ModelInputs.BoundaryOf(settings.Boundary),
            eos,
            settings.MaxLength,
            new GenerationOptions(settings.MaxNewTokens, 0, 0, 1, settings.Seed, [], IgnoreEos: false)
        );

    private static void Save(StageContext context, TrainSettings settings, CausalModel model, string baseFolder)
    {
        var folder = context.Output("model");
        Directory.CreateDirectory(folder);
        if (settings.Adapter is not null)
        {
            LoraAdapter.Save(model, folder, Path.GetFileName(baseFolder));
            if (!settings.MergeBefore && Before(context) is { } start && ModelInputs.HasWeights(start))
            {
                // The adapter goes on where it was, on the same weights.
                foreach (var file in ModelFolder.FilesIn(start))
                {
                    File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
                }
            }
        }
        else
        {
            ModelFolder.Save(model, folder);
        }

        Tokenizer.Copy(ModelInputs.Folder(context, "tokenizer"), folder);
    }

    private sealed class Progress(IProgress<StageProgress> target) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) =>
            target.Report(new StageProgress("training", value.Step, value.TotalSteps, Values(value)));

        private static Dictionary<string, double> Values(TrainingProgress value)
        {
            var values = new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["loss"] = value.Loss,
                ["learning_rate"] = value.LearningRate,
                ["tokens_per_second"] = value.TokensPerSecond,
            };
            if (value.ValidationLoss is { } loss)
            {
                values["validation_loss"] = loss;
            }

            if (value.ValidationAccuracy is { } accuracy)
            {
                values["validation_accuracy"] = accuracy;
            }

            return values;
        }
    }
}
