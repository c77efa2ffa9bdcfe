namespace Finetune.Engine.Training;

/// <summary>
/// Learning rate by step, as Transformers' <c>get_scheduler</c> counts: with k steps done, warm-up gives
/// <c>peak * k / warmup</c> (so the first step has rate 0); then the rate goes by its kind, as far down as
/// <c>floor * peak</c>.
/// </summary>
/// <param name="Kind">The form after the warm-up.</param>
/// <param name="WarmupSteps">Steps of warm-up; 0 for none.</param>
/// <param name="Floor">Share of the peak at the end, 0 to 1.</param>
public sealed record Schedule(ScheduleKind Kind, int WarmupSteps = 0, double Floor = 0)
{
    private const int UsualTimescale = 10_000;

    /// <summary>Waves of a cosine (half a one is a fall), or falls with restarts; null: 0.5, or 1 with restarts.</summary>
    public double? Cycles { get; init; }

    /// <summary>First rate of <see cref="ScheduleKind.CosineWarmupWithFloor"/> as a share of the peak; null: that of one
    /// step of the warm-up.</summary>
    public double? WarmupFloor { get; init; }

    /// <summary>Of a polynomial.</summary>
    public double Power { get; init; } = 1;

    /// <summary>Steps of the fall of <see cref="ScheduleKind.WarmupStableDecay"/>.</summary>
    public int DecaySteps { get; init; }

    /// <summary>The fall's form.</summary>
    public ScheduleShape DecayShape { get; init; }

    /// <summary>The rise's form, of <see cref="ScheduleKind.WarmupStableDecay"/> alone.</summary>
    public ScheduleShape WarmupShape { get; init; } = ScheduleShape.Linear;

    /// <summary>Steps in which <see cref="ScheduleKind.InverseSqrt"/> falls to the root of a half; null: the warm-up, or
    /// 10 000 without one.</summary>
    public int? Timescale { get; init; }

    /// <summary>What a training asks for.</summary>
    public static Schedule Of(TrainingOptions options, int totalSteps)
    {
        ArgumentNullException.ThrowIfNull(options);
        var warmup = options.WarmupSteps ?? Warmup(options.WarmupRatio, totalSteps);
        return new Schedule(options.Schedule, warmup, options.Floor)
        {
            Cycles = options.ScheduleCycles,
            Power = options.SchedulePower,
            DecaySteps = Warmup(options.DecayRatio, totalSteps),
            DecayShape = options.DecayShape,
            WarmupFloor = options.WarmupFloor,
        };
    }

    /// <summary>Steps of a share of all steps, rounded up.</summary>
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
            var risen = stepsDone / (double)WarmupSteps;
            return Kind switch
            {
                ScheduleKind.WarmupStableDecay => peak * AboveFloor(Risen(WarmupShape, risen)),
                ScheduleKind.CosineWarmupWithFloor => peak * RisenAtOnce(stepsDone),
                _ => peak * risen,
            };
        }

        var share = Share(stepsDone, totalSteps);
        return Kind switch
        {
            ScheduleKind.Constant => peak,
            ScheduleKind.Linear => peak * AboveFloor(1 - share),
            ScheduleKind.Cosine => peak * AboveFloor(Wave((Cycles ?? 0.5) * 2 * share)),
            ScheduleKind.CosineWarmupWithFloor => peak
                * AboveFloor(Wave((Cycles ?? 0.5) * 2 * Share(stepsDone + 1, totalSteps))),
            ScheduleKind.CosineWithRestarts => peak * AboveFloor(share >= 1 ? 0 : Wave((Cycles ?? 1) * share % 1)),
            ScheduleKind.Polynomial => peak * AboveFloor(Math.Pow(1 - share, Power)),
            ScheduleKind.InverseSqrt => peak * AboveFloor(InverseSqrt(stepsDone - WarmupSteps)),
            ScheduleKind.WarmupStableDecay => peak * AboveFloor(StableThenDecay(stepsDone - (totalSteps - DecaySteps))),
            _ => throw new InvalidOperationException($"no schedule {Kind}"),
        };
    }

    private double Share(int steps, int totalSteps) =>
        Math.Min(1, (steps - WarmupSteps) / (double)Math.Max(1, totalSteps - WarmupSteps));

    private double RisenAtOnce(int stepsDone) =>
        WarmupFloor is { } first
            ? first + (1 - first) * stepsDone / Math.Max(1, WarmupSteps - 1)
            : (stepsDone + 1) / (double)WarmupSteps;

    private static double Wave(double halves) => Math.Max(0, (1 + Math.Cos(Math.PI * halves)) / 2);

    private double AboveFloor(double height) => Floor + (1 - Floor) * height;

    private double InverseSqrt(int after)
    {
        double scale = Timescale ?? (WarmupSteps > 0 ? WarmupSteps : UsualTimescale);
        return 1 / Math.Sqrt((after + scale) / scale);
    }

    private double StableThenDecay(int decaying)
    {
        if (decaying < 0 || DecaySteps == 0)
        {
            return 1;
        }

        var share = Math.Min(1, decaying / (double)DecaySteps);
        return Fallen(DecayShape, share);
    }

    private static double Risen(ScheduleShape shape, double share) =>
        shape switch
        {
            ScheduleShape.Linear => share,
            ScheduleShape.Cosine => 1 - Wave(share),
            _ => 1 - Math.Sqrt(1 - share),
        };

    private static double Fallen(ScheduleShape shape, double share) =>
        shape switch
        {
            ScheduleShape.Linear => 1 - share,
            ScheduleShape.Cosine => Wave(share),
            _ => 1 - Math.Sqrt(share),
        };
}
