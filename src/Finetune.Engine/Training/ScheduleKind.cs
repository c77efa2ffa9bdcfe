namespace Finetune.Engine.Training;

/// <summary>How the learning rate goes after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Stays.</summary>
    Constant,

    /// <summary>Falls on a line.</summary>
    Linear,

    /// <summary>Falls on half a cosine; or as many waves as there are cycles.</summary>
    Cosine,

    /// <summary>The same, counted by the step under way: the first warm-up step has a rate, the last step the floor
    /// (Transformers' <c>cosine_warmup_with_min_lr</c>).</summary>
    CosineWarmupWithFloor,

    /// <summary>Falls on half a cosine again and again, each time from the peak.</summary>
    CosineWithRestarts,

    /// <summary>Falls on a power of what is left.</summary>
    Polynomial,

    /// <summary>Falls with the root of the steps, whatever their total.</summary>
    InverseSqrt,

    /// <summary>Stays, and falls in the last steps (WSD).</summary>
    WarmupStableDecay,
}

/// <summary>The form of a rise or a fall of <see cref="ScheduleKind.WarmupStableDecay"/>.</summary>
public enum ScheduleShape
{
    /// <summary>Half a cosine.</summary>
    Cosine,

    /// <summary>A line.</summary>
    Linear,

    /// <summary>One less the root.</summary>
    OneMinusSqrt,
}
