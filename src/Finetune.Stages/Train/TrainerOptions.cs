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
                _ => ScheduleKind.Cosine,
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
