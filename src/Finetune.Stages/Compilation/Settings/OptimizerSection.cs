using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>The optimizer.</summary>
public sealed record OptimizerSection
{
    /// <summary>The kind of optimizer.</summary>
    [Words("adamw")]
    [Example("\"adamw\"")]
    public string Kind { get; init; } = "adamw";

    /// <summary>Decay of the first moment.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.9")]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the second moment.</summary>
    [Bounds(0, 1, BelowMaximum = true)]
    [Example("0.999")]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment.</summary>
    [Bounds(0, double.PositiveInfinity, AboveMinimum = true)]
    [Example("0.00000001")]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Decoupled weight decay; not on norms and biases.</summary>
    [Bounds(0, double.PositiveInfinity)]
    [Example("0.01")]
    public double WeightDecay { get; init; }
}
