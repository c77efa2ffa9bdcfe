using Finetune.Engine.Adapters;
using Finetune.Engine.Generation;
using Finetune.Engine.Models;
using Finetune.Engine.Tokenizers;
using Finetune.Engine.Training;
using Finetune.Engine.Training.Preference;
using Finetune.Engine.Training.Prefix;
using Finetune.Graph.Diagnostics;
using Finetune.Graph.Planning;
using Finetune.Stages.Answering;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Train;

/// <summary>
/// Runs one training stage. Inputs <c>base</c> (files), <c>tokenizer</c> (files), <c>train</c>, <c>validation</c>
/// (tokens), <c>examples</c> (validation examples), <c>choices</c>; <c>start</c> (the model of the stage before) where
/// there is one; <c>start_from</c> (adapter files) where set; <c>reference_train</c>, <c>reference_validation</c> (sums)
/// where the objective has a reference; <c>prefix_train</c>, <c>prefix_validation</c> (states) where frozen layers have
/// been run before. Private entries: <c>checkpointing</c>.
/// </summary>
public sealed class TrainStage : IStage
{
    /// <summary>The private entry that says what of a pass is recomputed: <c>none</c>, <c>layer</c>, or <c>auto</c> for
    /// layers where there would be too little memory otherwise.</summary>
    public const string Checkpointing = "checkpointing";

    /// <inheritdoc/>
    public string Kind => "train";

    /// <inheritdoc/>
    public int Version => 6;

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
        using var model = TrainedModel.Of(context, settings);
        ModelInputs.CheckFits(context, tokenizer, model.Shape);
        var eos = ModelInputs.EosOf(tokenizer, model.Shape, baseFolder);
        WeightSelection.Apply(model, settings.TrainOnly, settings.Freeze);
        var result = settings.Preference is null
            ? OnExamples(context, settings, model, tokenizer, eos, cancellationToken)
            : OnPairs(context, settings, settings.Preference, model, cancellationToken);
        context.Facts["training_seconds"] = result.Seconds;
        context.Facts["tokens_per_second"] = result.Tokens / Math.Max(result.Seconds, 1e-9);
        Save(context, settings, model, baseFolder);
        SummaryFile.Write(context.Output("summary"), Summary(context, settings, model, result));
    }

    private static TrainingResult OnExamples(
        StageContext context,
        TrainSettings settings,
        CausalModel model,
        Tokenizer tokenizer,
        int eos,
        CancellationToken cancellationToken
    )
    {
        var everything = settings.Objective == "language-model";
        var (train, rows) = ModelTokens.Examples(context.Input("train"), settings.Templates, everything, model.Shape);
        var (validation, _) = ModelTokens.Examples(
            context.Input("validation"),
            settings.Templates,
            everything,
            model.Shape
        );
        CheckAny(context, train.Count);
        var options = TrainerOptions.From(settings);
        Fit(context, settings, model, [.. train.Select(e => (e.Tokens, e.LabelTokens))]);
        using var trainPrefix = Prefix(context, "prefix_train");
        using var validationPrefix = Prefix(context, "prefix_validation");
        var accuracy = ValidationAccuracy.Of(
            Questions(context, settings),
            m => new Responder(m, tokenizer, Answering(settings, eos)),
            settings.Samples ?? 0
        );
        return StepRows.Named(
            context.Step.Name,
            rows,
            () =>
                Trainer.Run(
                    model,
                    trainPrefix?.Onto(train) ?? train,
                    validationPrefix?.Onto(validation) ?? validation,
                    accuracy,
                    options,
                    context.Output("log"),
                    context.CheckpointFolder,
                    new Progress(context.Progress),
                    cancellationToken
                )
        );
    }

    private static TrainingResult OnPairs(
        StageContext context,
        TrainSettings settings,
        PreferenceSettings preference,
        CausalModel model,
        CancellationToken cancellationToken
    )
    {
        var (train, rows) = ModelTokens.Pairs(context.Input("train"), settings.Templates, model.Shape);
        var (validation, _) = ModelTokens.Pairs(context.Input("validation"), settings.Templates, model.Shape);
        CheckAny(context, train.Count);
        var options = TrainerOptions.From(settings);
        Fit(
            context,
            settings,
            model,
            [
                .. train.SelectMany(p =>
                    new[] { (p.Chosen.Tokens, p.Chosen.LabelTokens), (p.Rejected.Tokens, p.Rejected.LabelTokens) }
                ),
            ]
        );
        if (TrainerOptions.From(preference).HasReference)
        {
            train = WithReference(train, context.Input("reference_train"));
            validation = WithReference(validation, context.Input("reference_validation"));
        }

        return StepRows.Named(
            context.Step.Name,
            rows,
            () =>
                Trainer.Run(
                    model,
                    train,
                    validation,
                    TrainerOptions.From(preference),
                    options,
                    context.Output("log"),
                    context.CheckpointFolder,
                    new Progress(context.Progress),
                    cancellationToken
                )
        );
    }

    // What would be killed for want of memory an hour from now is known now. The numbers are the same either way.
    private static void Fit(
        StageContext context,
        TrainSettings settings,
        CausalModel model,
        IReadOnlyList<(int Tokens, int Labels)> sequences
    )
    {
        var asked = (string?)context.Step.Private[Checkpointing];
        if (!model.IsOnProcessor)
        {
            // What such a device has of memory is not told.
            model.Recomputes = asked == "layer";
            return;
        }

        var (forecast, recomputes, cure) = TrainForecast.Here(
            settings,
            ModelInputs.Folder(context),
            TrainRows.Of(sequences),
            asked,
            TrainForecast.MemoryHere
        );
        model.Recomputes = recomputes;
        if (forecast is not null && cure is not null)
        {
            context.Warn(
                new Diagnostic(
                    "FT7010",
                    $"{context.Step.Name} is likely to run out of memory: {forecast.Memory}, and there are {TrainForecast.Size(TrainForecast.MemoryHere)}",
                    Cure: cure
                )
            );
        }
    }

    private static PrefixFile? Prefix(StageContext context, string input) =>
        context.InputPaths.ContainsKey(input) ? PrefixFile.Open(context.Input(input)) : null;

    private static List<PreferencePair> WithReference(List<PreferencePair> pairs, string path)
    {
        var sums = ReferenceFile.Read(path).ToList();
        return sums.Count == pairs.Count
            ? [.. pairs.Zip(sums, (pair, sum) => pair with { Reference = new PairSums(sum.Chosen, sum.Rejected) })]
            : throw new InvalidDataException($"{path}: {sums.Count} lines for {pairs.Count} pairs");
    }

    private static void CheckAny(StageContext context, int count)
    {
        if (count == 0)
        {
            throw new PipelineException(
                new Diagnostic("FT3201", $"{context.Step.Name} has no example to train on"),
                ExitCode.StepFailed
            );
        }
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
        )
        {
            Reader = AnswerReader.Of(settings.Answers),
            ChoiceScore = ChoiceScores.Of(settings.ChoiceScore),
        };

    private static void Save(StageContext context, TrainSettings settings, CausalModel model, string baseFolder)
    {
        var folder = context.Output("model");
        Directory.CreateDirectory(folder);
        if (settings.Adapter is not null)
        {
            LoraAdapter.Save(model, folder, Path.GetFileName(baseFolder));
            if (!settings.MergeBefore && StartingModel.Before(context) is { } start && ModelInputs.HasWeights(start))
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
                ["grad_norm"] = value.GradNorm,
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
