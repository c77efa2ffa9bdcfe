using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Compilation.Settings;
using Finetune.Stages.Evaluate;
using Finetune.Stages.Train;

namespace Finetune.Stages.Compilation.Planning;

/// <summary>The steps that train and evaluate.</summary>
internal static class ModelSteps
{
    private const double AdapterRate = 2e-4;
    private const double FullRate = 2e-5;
    private const int PreferenceSlowness = 20;
    private const int UsualEpochs = 3;
    private const double UsualWarmup = 0.03;
    private const double UsualDecay = 0.2;

    /// <summary>One step a training stage, each from the one before.</summary>
    public static IEnumerable<Step> Training(CheckedPipeline pipeline)
    {
        string? before = null;
        var plans = AdapterPlan.Of(pipeline.Settings);
        foreach (var (number, stage) in pipeline.Settings.Training.Index())
        {
            var name = $"train.{stage.Name}";
            var inputs = new List<StepInput>
            {
                Base(pipeline),
                Tokenizer(pipeline),
                new OutputInput("train", "tokenize", "train"),
                new OutputInput("validation", "tokenize", "validation"),
                new OutputInput("examples", "render", "validation"),
                new OutputInput("choices", "render", "training_choices"),
            };
            inputs.AddRange(Start(pipeline, before));
            var settings = Settings(pipeline, stage, plans[number]);
            if (settings.Preference is { } preference && PreferencePlan.HasReference(preference))
            {
                var reference = PreferencePlan.Reference(pipeline, stage.Name, settings, Start(pipeline, before));
                yield return reference;
                inputs.Add(new OutputInput("reference_train", reference.Name, "train"));
                inputs.Add(new OutputInput("reference_validation", reference.Name, "validation"));
            }

            if (PrefixPlan.Of(pipeline, number, settings) is { } prefix)
            {
                yield return prefix;
                inputs.Add(new OutputInput("prefix_train", prefix.Name, "train"));
                inputs.Add(new OutputInput("prefix_validation", prefix.Name, "validation"));
            }

            yield return StepFactory.Heavy(
                name,
                settings,
                inputs,
                pipeline.Precision,
                new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["micro_batch"] = settings.MicroBatchSize?.ToString(CultureInfo.InvariantCulture) ?? "auto",
                    ["seed"] = settings.Seed.ToString(CultureInfo.InvariantCulture),
                },
                // Not in the key: it changes no bit of what is made.
                new JsonObject { [TrainStage.Checkpointing] = stage.Checkpointing }
            );
            before = name;
        }
    }

    // What the first stage starts from besides the base, and what every later one does.
    private static IEnumerable<StepInput> Start(CheckedPipeline pipeline, string? before)
    {
        if (before is not null)
        {
            yield return new OutputInput("start", before, "model");
        }
        else if (pipeline.Model.MissingAdapter is { } reason)
        {
            yield return new AbsentInput("start_from", reason);
        }
        else if (pipeline.Model.AdapterFiles is { } files)
        {
            yield return new FileInput("start_from", files, NamesMatter: true);
        }
    }

    /// <summary>One step a contender.</summary>
    public static IEnumerable<Step> Evaluation(CheckedPipeline pipeline)
    {
        foreach (var contender in pipeline.Contenders)
        {
            var inputs = new List<StepInput>
            {
                Base(pipeline),
                Tokenizer(pipeline),
                new OutputInput("test", "render", "test"),
                new OutputInput("choices", "render", "evaluation_choices"),
            };
            if (contender.Shots > 0)
            {
                inputs.Add(new OutputInput("shots", "render", "shots"));
            }

            if (contender.Name == ContenderItem.Tuned)
            {
                inputs.Add(new OutputInput("model", pipeline.LastTrainStep!, "model"));
            }

            yield return StepFactory.Heavy(
                $"evaluate.{contender.Name}",
                Settings(pipeline, contender),
                inputs,
                pipeline.Precision
            );
        }
    }

    /// <summary>The base's files.</summary>
    public static StepInput Base(CheckedPipeline pipeline) =>
        pipeline.Model.MissingBase is { } reason
            ? new AbsentInput("base", reason)
            : new FileInput("base", pipeline.Model.Files, NamesMatter: true);

    /// <summary>The tokenizer's files.</summary>
    public static StepInput Tokenizer(CheckedPipeline pipeline) =>
        pipeline.Model.MissingTokenizer is { } reason
            ? new AbsentInput("tokenizer", reason)
            : new FileInput("tokenizer", pipeline.Model.TokenizerFiles, NamesMatter: true);

    /// <summary>How a contender answers.</summary>
    public static EvaluateSettings Settings(CheckedPipeline pipeline, ContenderItem contender)
    {
        var generate = pipeline.Evaluation.Generate;

        // What samples nothing does not hang on the seed, so that every run shares zero_shot.
        var seed =
            pipeline.RandomInitialisation || (contender.Shots > 0 && contender.Choose is null or "each_label")
                ? pipeline.Settings.Seed
            : generate.Temperature > 0 ? generate.Seed ?? 0
            : 0;
        return new EvaluateSettings(
            contender.Shots,
            pipeline.RandomInitialisation,
            pipeline.Precision,
            pipeline.Boundary,
            pipeline.Model.MaxLength,
            generate.MaxTokens,
            generate.Temperature,
            generate.TopK,
            generate.TopP,
            generate.Stop,
            seed
        )
        {
            Quantization = pipeline.Quantization,
            Choose = contender.Choose,
            ChoiceScore = ChoiceScore(pipeline),
            Scores = Scores(generate) is var scores && scores == Scores(new GenerateSection()) ? null : scores,
        };
    }

    /// <summary>How generated text is read; null where all of it is the answer.</summary>
    public static AnswerSettings? Answers(CheckedPipeline pipeline) =>
        pipeline.Evaluation.Answers is { } answers
        && (answers.Take is not (null or { Kind: "all" }) || answers.Ignore.Count > 0)
            ? new AnswerSettings(answers.Take?.Kind ?? "all", [.. answers.Ignore.Order(StringComparer.Ordinal)])
            {
                Argument = answers.Take?.Argument,
            }
            : null;

    private static string? ChoiceScore(CheckedPipeline pipeline) =>
        pipeline.Evaluation.ChoiceScore is "sum" ? null : pipeline.Evaluation.ChoiceScore;

    private static ScoreSettings Scores(GenerateSection generate) =>
        new(
            generate.PresencePenalty,
            generate.FrequencyPenalty,
            generate.RepetitionPenalty,
            generate.NoRepeatNgramSize,
            generate.BadWords.Count > 0 ? generate.BadWords : Array.Empty<string>(),
            generate.TopH,
            generate.MinP,
            generate.TypicalP,
            generate.EpsilonCutoff,
            generate.EtaCutoff
        );

    // Preferences move a model that answers already: the field's rates are a twentieth of those of instruction tuning.
    private static double UsualRate(TrainingSection stage, bool adapter) =>
        (adapter ? AdapterRate : FullRate) / (stage.Objective == "preference" ? PreferenceSlowness : 1);

    private static TrainSettings Settings(CheckedPipeline pipeline, TrainingSection stage, AdapterPlan plan)
    {
        var adapter = plan.Adapter is { } a
            ? new AdapterSettings(
                a.Rank,
                a.Alpha,
                a.Dropout,
                a.Rslora,
                a.Targets.Modules,
                a.Dora,
                a.ModulesToSave ?? [],
                a.Bias
            )
            {
                Layers = a.Layers is { } layers ? new AdapterLayerSettings(layers.Last, layers.Numbers) : null,
            }
            : null;
        var optimizer = OptimizerPlan.Of(stage.Optimizer);
        return new TrainSettings
        {
            RandomInitialisation = pipeline.RandomInitialisation,
            Precision = pipeline.Precision,
            Quantization = pipeline.Quantization,
            Adapter = adapter,
            MergeBefore = plan.Merge,
            Templates = TemplateUse.OfStage(pipeline.Settings, stage),
            Objective = stage.Objective,
            Preference = PreferencePlan.Of(stage),
            Epochs = stage.MaxSteps is null ? stage.Epochs ?? UsualEpochs : null,
            MaxSteps = stage.MaxSteps,
            BatchSize = stage.BatchSize,
            MicroBatchSize = stage.MicroBatchSize,
            Shuffle = stage.Shuffle,
            LearningRate = stage.LearningRate ?? UsualRate(stage, adapter is not null),
            Schedule = stage.Schedule.Kind,
            WarmupRatio = stage.Schedule.WarmupSteps is null ? stage.Schedule.WarmupRatio ?? UsualWarmup : 0,
            WarmupSteps = stage.Schedule.WarmupSteps,
            Floor = stage.Schedule.Floor,
            Cycles = stage.Schedule.Cycles,
            Power = stage.Schedule.Power ?? 1,
            DecayRatio = stage.Schedule.DecayRatio ?? UsualDecay,
            Decay = stage.Schedule.Decay ?? "cosine",
            WarmupFloor = stage.Schedule.WarmupFloor,
            Beta1 = optimizer.Beta1,
            Beta2 = optimizer.Beta2,
            Epsilon = optimizer.Epsilon,
            Optimizer = optimizer.Other,
            NoDecay = stage.Optimizer.NoDecay,
            LoraplusLrRatio = stage.LoraplusLrRatio,
            LayerLrDecay = stage.LayerLrDecay,
            TrainOnly = stage.TrainOnly,
            Freeze = stage.Freeze,
            NeftuneNoiseAlpha = stage.NeftuneNoiseAlpha,
            LabelSmoothing = stage.LabelSmoothing,
            ZLoss = stage.ZLoss,
            EmaDecay = stage.EmaDecay,
            MaxMinutes = stage.MaxMinutes,
            LossWatchdog = stage.LossWatchdog is { } w ? new WatchdogSettings(w.Factor, w.Patience, w.Window) : null,
            Log = stage.Log,
            WeightDecay = stage.Optimizer.WeightDecay,
            MaxGradNorm = stage.MaxGradNorm,
            ValidateEvery = stage.Validate?.Every,
            Keep = stage.Keep?.Measure ?? (pipeline.Splits.HasValidation ? "validation_loss" : "last"),
            EarlyStop = stage.EarlyStop,
            MaxNewTokens = pipeline.Evaluation.Generate.MaxTokens,
            Answers = pipeline.Splits.HasValidation ? Answers(pipeline) : null,
            ChoiceScore = pipeline.Splits.HasValidation ? ChoiceScore(pipeline) : null,
            Boundary = pipeline.Boundary,
            MaxLength = pipeline.Model.MaxLength,
            Seed = pipeline.Settings.Seed,
        };
    }
}
