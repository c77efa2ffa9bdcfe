namespace Finetune.Engine.Training;

/// <summary>Where a training is, for a display; times and rates are here and never in the log.</summary>
/// <param name="Step">Finished steps.</param>
/// <param name="TotalSteps">All steps.</param>
/// <param name="Epoch">Passes over the data, with a fraction.</param>
/// <param name="Loss">The last step's.</param>
/// <param name="LearningRate">The last step's.</param>
/// <param name="GradNorm">The last step's, before clipping.</param>
/// <param name="TokensPerSecond">Of the last steps, without padding.</param>
/// <param name="ValidationLoss">The last validation's.</param>
/// <param name="ValidationAccuracy">The last validation's.</param>
public sealed record TrainingProgress(
    int Step,
    int TotalSteps,
    double Epoch,
    double Loss,
    double LearningRate,
    double GradNorm,
    double TokensPerSecond,
    double? ValidationLoss,
    double? ValidationAccuracy
);

/// <summary>What a training came to.</summary>
/// <param name="Steps">Steps taken.</param>
/// <param name="PlannedSteps">Steps there would have been without an early stop.</param>
/// <param name="KeptStep">The step whose weights are kept.</param>
/// <param name="BestStep">The best validation's step; null without validation.</param>
/// <param name="BestValue">Its loss or accuracy.</param>
/// <param name="Tokens">Tokens trained on, without padding.</param>
/// <param name="LabelTokens">Those that carried loss.</param>
/// <param name="TrainedParameters">Values that were trained.</param>
/// <param name="StoppedEarly">Whether validations without gain ended it.</param>
/// <param name="ResumedFrom">The step it went on from in this process; null for the start.</param>
/// <param name="Seconds">In this process.</param>
/// <param name="OutOfTime">Whether the minutes it was given ended it.</param>
public sealed record TrainingResult(
    int Steps,
    int PlannedSteps,
    int KeptStep,
    int? BestStep,
    double? BestValue,
    long Tokens,
    long LabelTokens,
    long TrainedParameters,
    bool StoppedEarly,
    int? ResumedFrom,
    double Seconds,
    bool OutOfTime
);
