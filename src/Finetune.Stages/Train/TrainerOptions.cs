using Finetune.Engine.Training;
using Finetune.Engine.Training.Optimizers;
using Finetune.Engine.Training.Preference;
using Finetune.Stages.Answering;

namespace Finetune.Stages.Train;

/// <summary>From the step's settings to the engine's options, field by field.</summary>
public static class TrainerOptions
{
    /// <summary>The engine's options.</summary>
    public static TrainingOptions From(TrainSettings settings) =>
        new()
        {
            Precision = ModelInputs.PrecisionOf(settings.Precision),
            Epochs = settings.Epochs ?? 1,
            MaxSteps = settings.MaxSteps,
            BatchSize = settings.BatchSize,
            MicroBatchSize = settings.MicroBatchSize,
            Shuffle = settings.Shuffle,
            LearningRate = settings.LearningRate,
            Schedule = settings.Schedule switch
            {
                "constant" => ScheduleKind.Constant,
                "linear" => ScheduleKind.Linear,
                "cosine_warmup_with_min_lr" => ScheduleKind.CosineWarmupWithFloor,
                "cosine_with_restarts" => ScheduleKind.CosineWithRestarts,
                "polynomial" => ScheduleKind.Polynomial,
                "inverse_sqrt" => ScheduleKind.InverseSqrt,
                "wsd" => ScheduleKind.WarmupStableDecay,
                _ => ScheduleKind.Cosine,
            },
            ScheduleCycles = settings.Cycles,
            SchedulePower = settings.Power,
            DecayRatio = settings.DecayRatio,
            DecayShape = settings.Decay switch
            {
                "linear" => ScheduleShape.Linear,
                "1-sqrt" => ScheduleShape.OneMinusSqrt,
                _ => ScheduleShape.Cosine,
            },
            WarmupRatio = settings.WarmupRatio,
            WarmupSteps = settings.WarmupSteps,
            Floor = settings.Floor,
            WarmupFloor = settings.WarmupFloor,
            Optimizer = Optimizer(settings),
            Groups = new WeightGroups
            {
                NoDecay = settings.NoDecay ?? [],
                LoraPlusRatio = settings.LoraplusLrRatio,
                LayerDecay = settings.LayerLrDecay,
            },
            Loss = new LossOptions(settings.LabelSmoothing, settings.ZLoss),
            EmbeddingNoise = settings.NeftuneNoiseAlpha ?? 0,
            AverageDecay = settings.EmaDecay,
            LogEntropy = settings.Log?.Contains("entropy") == true,
            LogTokenAccuracy = settings.Log?.Contains("mean_token_accuracy") == true,
            LogNoiseScale = settings.Log?.Contains("noise_scale") == true,
            MaxMinutes = settings.MaxMinutes,
            Watchdog = settings.LossWatchdog is { } w ? new WatchdogOptions(w.Factor, w.Patience, w.Window) : null,
            MaxGradNorm = settings.MaxGradNorm,
            OptimizerInBackward = settings.OptimizerInBackward,
            ValidateEvery = settings.ValidateEvery,
            Keep = settings.Keep switch
            {
                "last" => KeepRule.Last,
                "validation_accuracy" => KeepRule.ValidationAccuracy,
                _ => KeepRule.ValidationLoss,
            },
            EarlyStop = settings.EarlyStop,
            Seed = settings.Seed,
        };

    /// <summary>The engine's preference loss.</summary>
    public static PreferenceOptions From(PreferenceSettings settings) =>
        new(
            settings.Loss switch
            {
                "dpo" => PreferenceKind.Sigmoid,
                "hinge" => PreferenceKind.Hinge,
                "ipo" => PreferenceKind.Ipo,
                "robust" => PreferenceKind.Robust,
                "cdpo" => PreferenceKind.Cdpo,
                "cpo" => PreferenceKind.Cpo,
                "simpo" => PreferenceKind.Simpo,
                "orpo" => PreferenceKind.Orpo,
                var loss => throw new InvalidOperationException($"no preference loss {loss}"),
            },
            settings.Beta
        )
        {
            LabelSmoothing = settings.LabelSmoothing,
            Gamma = settings.Gamma,
            NllWeight = settings.NllWeight,
        };

    private static OptimizerOptions Optimizer(TrainSettings settings)
    {
        var (beta1, beta2) = (settings.Beta1, settings.Beta2);
        var (epsilon, decay) = (settings.Epsilon, settings.WeightDecay);
        return settings.Optimizer switch
        {
            null => new AdamWOptions(beta1, beta2, epsilon, decay),
            { Kind: "adamw_8bit" } => new AdamWOptions(beta1, beta2, epsilon, decay) { EightBit = true },
            { Kind: "adam" } => new AdamWOptions(beta1, beta2, epsilon, decay) { Coupled = true },
            { Kind: "lion" } => new LionOptions(beta1, beta2, decay),
            { Kind: "sgd" } o => new SgdOptions(o.Momentum!.Value, o.Nesterov!.Value, o.Dampening!.Value, decay),
            { Kind: "adafactor" } o => new AdafactorOptions(
                o.DecayRate!.Value,
                o.ClipThreshold!.Value,
                beta1 > 0 ? beta1 : null,
                epsilon,
                ScaleParameter: o.ScaleParameter!.Value,
                RelativeStep: o.RelativeStep!.Value,
                WarmupInit: o.WarmupInit!.Value,
                WeightDecay: decay
            ),
            { Kind: "muon" } o => new MuonOptions(
                o.Momentum!.Value,
                o.Nesterov!.Value,
                o.Rounds!.Value,
                o.MatchRms!.Value,
                beta1,
                beta2,
                epsilon,
                decay
            ),
            { Kind: var kind } => throw new InvalidOperationException($"no optimizer {kind}"),
        };
    }
}
