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

    /// <summary>One step a training stage, each from the one before; once a seed.</summary>
    public static IEnumerable<Step> Training(CheckedPipeline pipeline) =>
        pipeline.Seeds.SelectMany(seed => Training(pipeline, seed));

    /// <summary>What a step is called that is made with that seed.</summary>
    public static string Seeded(CheckedPipeline pipeline, string name, long seed) =>
        seed == pipeline.Seeds[0] ? name : SeedNames.Of(name, seed);

    private static IEnumerable<Step> Training(CheckedPipeline pipeline, long seed)
    {
        string? before = null;
        var plans = AdapterPlan.Of(pipeline.Settings);
        foreach (var (number, stage) in pipeline.Settings.Training.Index())
        {
            var name = Seeded(pipeline, $"train.{stage.Name}", seed);
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
            var settings = Settings(pipeline, stage, plans[number], seed);
            if (settings.Preference is { } preference && PreferencePlan.HasReference(preference))
            {
                var reference = PreferencePlan.Reference(
                    pipeline,
                    Seeded(pipeline, $"reference.{stage.Name}", seed),
                    settings,
                    Start(pipeline, before)
                );
                yield return reference;
                inputs.Add(new OutputInput("reference_train", reference.Name, "train"));
                inputs.Add(new OutputInput("reference_validation", reference.Name, "validation"));
            }

            if (PrefixPlan.Of(pipeline, number, settings) is { } prefix)
            {
                // What frozen layers make of the examples hangs on no seed.
                if (seed == pipeline.Seeds[0])
                {
                    yield return prefix;
                }

                inputs.Add(new OutputInput("prefix_train", prefix.Name, "train"));
                inputs.Add(new OutputInput("prefix_validation", prefix.Name, "validation"));
            }

            yield return StepFactory.Heavy(
                name,
                settings,
                inputs,
                pipeline,
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

    /// <summary>One step a contender, a seed, and a model that is asked the general questions.</summary>
    public static IEnumerable<Step> Evaluation(CheckedPipeline pipeline)
    {
        if (pipeline.Evaluation.General is not null)
        {
            foreach (var name in new[] { ContenderItem.ZeroShot, ContenderItem.Tuned })
            {
                yield return Evaluate(
                    pipeline,
                    $"evaluate.{DataSteps.General}.{name}",
                    new ContenderItem(name, 0),
                    pipeline.Seeds[0],
                    $"render.{DataSteps.General}"
                );
            }
        }

        foreach (
            var (contender, seed) in pipeline
                .Contenders.Select(c => (c, pipeline.Seeds[0]))
                .Concat(pipeline.Seeds.Skip(1).Select(seed => (new ContenderItem(ContenderItem.Tuned, 0), seed)))
        )
        {
            yield return Evaluate(
                pipeline,
                Seeded(pipeline, $"evaluate.{contender.Name}", seed),
                contender,
                seed,
                "render"
            );
        }
    }

    private static Step Evaluate(
        CheckedPipeline pipeline,
        string name,
        ContenderItem contender,
        long seed,
        string render
    )
    {
        List<StepInput> inputs =
        [
            .. Asked(pipeline, contender, seed),
            new OutputInput("test", render, "test"),
            new OutputInput("choices", render, "evaluation_choices"),
        ];
        if (contender.Shots > 0)
        {
            inputs.Add(new OutputInput("shots", render, "shots"));
        }

        return StepFactory.Heavy(name, Settings(pipeline, contender, seed), inputs, pipeline);
    }

    // Who is asked: the base, what training made of it, an adapter on it, or another model with its own tokenizer.
    private static IEnumerable<StepInput> Asked(CheckedPipeline pipeline, ContenderItem contender, long seed)
    {
        var other = pipeline.OtherModels.GetValueOrDefault(contender.Name);
        if (other is not null && contender.Model is not null)
        {
            yield return Files("base", other.Files, other.Missing);
            yield return Files("tokenizer", other.TokenizerFiles, other.Missing);
            yield break;
        }

        yield return Base(pipeline);
        yield return Tokenizer(pipeline);
        if (other is not null)
        {
            yield return Files("model", other.Files, other.Missing);
        }
        else if (contender.Name == ContenderItem.Tuned || contender.Stage is not null)
        {
            var step = contender.Stage is { } stage ? $"train.{stage}" : pipeline.LastTrainStep!;
            yield return new OutputInput("model", Seeded(pipeline, step, seed), "model");
        }
    }

    private static StepInput Files(string name, IReadOnlyList<string> files, string? missing) =>
        missing is null ? new FileInput(name, files, NamesMatter: true) : new AbsentInput(name, missing);

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
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="contender">Who answers.</param>
    /// <param name="trained">The seed it was trained with.</param>
    public static EvaluateSettings Settings(CheckedPipeline pipeline, ContenderItem contender, long trained)
    {
        var generate = pipeline.Evaluation.Generate;

        // What samples nothing does not hang on the seed, so that every run shares zero_shot.
        var seed =
            pipeline.RandomInitialisation && (contender.Name == ContenderItem.Tuned || contender.Stage is not null)
                ? trained
            : pipeline.RandomInitialisation || (contender.Shots > 0 && contender.Choose is null or "each_label")
                ? pipeline.Settings.Seed
            : generate.Temperature > 0 ? generate.Seed ?? 0
            : 0;
        return new EvaluateSettings(
            contender.Shots,
            pipeline.RandomInitialisation && contender.Model is null,
            pipeline.Precision,
            contender.Model is null ? pipeline.Boundary
                : pipeline.OtherModels[contender.Name].HasEncoder ? "source"
                : pipeline.Settings.Model.Boundary,
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

    private static TrainSettings Settings(CheckedPipeline pipeline, TrainingSection stage, AdapterPlan plan, long seed)
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
            OptimizerInBackward = stage.OptimizerInBackward,
            ValidateEvery = stage.Validate?.Every,
            Samples = stage.Validate?.Samples,
            Keep = stage.Keep?.Measure ?? (pipeline.Splits.HasValidation ? "validation_loss" : "last"),
            EarlyStop = stage.EarlyStop,
            MaxNewTokens = pipeline.Evaluation.Generate.MaxTokens,
            Answers = pipeline.Splits.HasValidation ? Answers(pipeline) : null,
            ChoiceScore = pipeline.Splits.HasValidation ? ChoiceScore(pipeline) : null,
            Boundary = pipeline.Boundary,
            MaxLength = pipeline.Model.MaxLength,
            Seed = seed,
        };
    }
}
