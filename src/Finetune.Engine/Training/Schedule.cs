namespace Finetune.Engine.Training;

/// <summary>How the learning rate goes after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>Stays.</summary>
    Constant,

    /// <summary>Falls on a line.</summary>
    Linear,

    /// <summary>Falls on half a cosine.</summary>
    Cosine,
}

/// <summary>
/// Learning rate by step, as Transformers' <c>get_scheduler</c> counts: with k steps done, warm-up gives
/// <c>peak * k / warmup</c> (so the first step has rate 0), then linear and cosine fall to <c>floor * peak</c> when all
/// steps are done.
/// </summary>
/// <param name="Kind">The form after the warm-up.</param>
/// <param name="WarmupSteps">Steps of warm-up; 0 for none.</param>
/// <param name="Floor">Share of the peak at the end, 0 to 1.</param>
public sealed record Schedule(ScheduleKind Kind, int WarmupSteps = 0, double Floor = 0)
{
    /// <summary>Warm-up steps of a share of all steps, rounded up.</summary>
    public static int Warmup(double ratio, int totalSteps) =>
        // 0.07 * 100 is 7.000000000000001 in binary; that is 7 steps, not 8.
        (int)Math.Ceiling(Math.Round(ratio * totalSteps, 9));

    /// <summary>The rate of the next step.</summary>
    /// <param name="peak">The highest rate.</param>
    /// <param name="stepsDone">Finished steps, k.</param>
    /// <param name="totalSteps">All steps, n.</param>
    public double Rate(double peak, int stepsDone, int totalSteps)
    {
        if (stepsDone < WarmupSteps)
        {
            return peak * stepsDone / WarmupSteps;
        }

        var share = Math.Min(1, (stepsDone - WarmupSteps) / (double)Math.Max(1, totalSteps - WarmupSteps));
        var height = Kind switch
        {
            ScheduleKind.Constant => 1,
            ScheduleKind.Linear => 1 - share,
            ScheduleKind.Cosine => Math.Max(0, (1 + Math.Cos(Math.PI * share)) / 2),
            _ => throw new InvalidOperationException($"no schedule {Kind}"),
        };
        return Kind == ScheduleKind.Constant ? peak : peak * (Floor + (1 - Floor) * height);
    }
}
