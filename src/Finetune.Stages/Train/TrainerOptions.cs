using Finetune.Engine.Training;
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
            Optimizer = new AdamWOptions(settings.Beta1, settings.Beta2, settings.Epsilon, settings.WeightDecay),
            MaxGradNorm = settings.MaxGradNorm,
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
}
