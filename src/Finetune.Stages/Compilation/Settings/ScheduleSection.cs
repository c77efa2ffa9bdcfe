using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>How the learning rate goes: up in the warm-up, then as its kind says.</summary>
public sealed record ScheduleSection
{
    /// <summary>The curve after the warm-up.</summary>
    [Words(
        "constant",
        "linear",
        "cosine",
        "cosine_with_restarts",
        "cosine_warmup_with_min_lr",
        "polynomial",
        "inverse_sqrt",
        "wsd"
    )]
    [Example("\"cosine\"")]
    public string Kind { get; init; } = "cosine";

    /// <summary>Warm-up as a share of all steps, rounded up. Default: 0.03, unless warmup_steps is set.</summary>
    [Bounds(0, 1)]
    [Example("0.03")]
    public double? WarmupRatio { get; init; }

    /// <summary>Warm-up steps, instead of a ratio. Default: none.</summary>
    [Bounds(0, int.MaxValue)]
    [Example("10")]
    public int? WarmupSteps { get; init; }

    /// <summary>The last learning rate as a share of the highest.</summary>
    [Bounds(0, 1)]
    [Example("0.1")]
    public double Floor { get; init; } = 0.1;

    /// <summary>Waves of a cosine (half a one is a fall), or falls of a cosine with restarts. Default: 0.5, or 1 with
    /// restarts.</summary>
    [Bounds(0, 1000, AboveMinimum = true)]
    [Example("3")]
    public double? Cycles { get; init; }

    /// <summary>cosine_warmup_with_min_lr: the first learning rate as a share of the highest. Default: one step's share.</summary>
    [Bounds(0, 1)]
    [Example("0.1")]
    public double? WarmupFloor { get; init; }

    /// <summary>Power of a polynomial. Default: 1.</summary>
    [Bounds(0, 1000, AboveMinimum = true)]
    [Example("2")]
    public double? Power { get; init; }

    /// <summary>wsd: the fall at the end as a share of all steps, rounded up. Default: 0.2.</summary>
    [Bounds(0, 1)]
    [Example("0.2")]
    public double? DecayRatio { get; init; }

    /// <summary>wsd: the form of the fall. Default: cosine.</summary>
    [Words("cosine", "linear", "1-sqrt")]
    [Example("\"1-sqrt\"")]
    public string? Decay { get; init; }
}
