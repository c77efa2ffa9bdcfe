namespace Finetune.Engine.Training.Optimizers;

/// <summary>The constants of an optimizer.</summary>
/// <param name="WeightDecay">Decay a step; on weights of two dimensions or more, unless a rule says otherwise.</param>
public abstract record OptimizerOptions(double WeightDecay)
{
    /// <summary>The rate of a step, before what a single weight does to it.</summary>
    /// <param name="scheduled">What the schedule says.</param>
    /// <param name="step">From 1.</param>
    public virtual double Rate(double scheduled, int step) => scheduled;
}

/// <summary>AdamW (Loshchilov and Hutter 2019).</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay a step, times the learning rate; on matrices only.</param>
public sealed record AdamWOptions(
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0
) : OptimizerOptions(WeightDecay)
{
    /// <summary>Whether decay is added to the gradient instead (Adam with L2, Kingma and Ba 2015).</summary>
    public bool Coupled { get; init; }

    /// <summary>Whether moments are kept in 8 bits, where a weight has as many values as <see cref="EightBitFrom"/>.
    /// </summary>
    public bool EightBit { get; init; }

    /// <summary>Values from which a weight's moments are kept in 8 bits; as bitsandbytes.</summary>
    public int EightBitFrom { get; init; } = 4096;
}

/// <summary>Stochastic gradient descent as PyTorch's; decay is added to the gradient.</summary>
/// <param name="Momentum">Decay of the sum of gradients; 0 keeps none.</param>
/// <param name="Nesterov">Whether it looks ahead by the momentum.</param>
/// <param name="Dampening">Share of a gradient that is kept out of the sum, after the first.</param>
/// <param name="WeightDecay">Added to the gradient, times the weight.</param>
public sealed record SgdOptions(
    double Momentum = 0,
    bool Nesterov = false,
    double Dampening = 0,
    double WeightDecay = 0
) : OptimizerOptions(WeightDecay);

/// <summary>Lion (Chen et al. 2023).</summary>
/// <param name="Beta1">Share of the momentum in the direction.</param>
/// <param name="Beta2">Decay of the momentum.</param>
/// <param name="WeightDecay">Decoupled decay.</param>
public sealed record LionOptions(double Beta1 = 0.9, double Beta2 = 0.99, double WeightDecay = 0)
    : OptimizerOptions(WeightDecay);

/// <summary>Adafactor (Shazeer and Stern 2018) as Transformers'.</summary>
/// <param name="DecayRate">Exponent of the step in the decay of squares; negative.</param>
/// <param name="ClipThreshold">Largest root mean square of an update before the rate.</param>
/// <param name="Beta1">Decay of a first moment; null keeps none.</param>
/// <param name="GradientEpsilon">Added to squared gradients.</param>
/// <param name="WeightEpsilon">Least size of a weight for <paramref name="ScaleParameter"/>.</param>
/// <param name="ScaleParameter">Whether the rate is times the weight's root mean square.</param>
/// <param name="RelativeStep">Whether the rate follows from the step instead of the schedule.</param>
/// <param name="WarmupInit">Whether that rate begins at 1e-6 a step.</param>
/// <param name="WeightDecay">Decoupled decay.</param>
public sealed record AdafactorOptions(
    double DecayRate = -0.8,
    double ClipThreshold = 1,
    double? Beta1 = null,
    double GradientEpsilon = 1e-30,
    double WeightEpsilon = 1e-3,
    bool ScaleParameter = false,
    bool RelativeStep = false,
    bool WarmupInit = false,
    double WeightDecay = 0
) : OptimizerOptions(WeightDecay)
{
    /// <inheritdoc/>
    public override double Rate(double scheduled, int step) =>
        RelativeStep ? Math.Min(WarmupInit ? 1e-6 * step : 1e-2, 1 / Math.Sqrt(step)) : scheduled;
}

/// <summary>Muon (Jordan et al. 2024) for hidden matrices, AdamW for all else.</summary>
/// <param name="Momentum">Decay of the mean of gradients.</param>
/// <param name="Nesterov">Whether it looks ahead by the momentum.</param>
/// <param name="Rounds">Of Newton-Schulz.</param>
/// <param name="MatchRms">Scales an update to 0.2 sqrt(max(rows, columns)), AdamW's usual size (Liu et al. 2025), so that
/// one learning rate fits both; false: sqrt(max(1, rows / columns)).</param>
/// <param name="Beta1">AdamW's.</param>
/// <param name="Beta2">AdamW's.</param>
/// <param name="Epsilon">AdamW's.</param>
/// <param name="WeightDecay">Decoupled decay, of both.</param>
public sealed record MuonOptions(
    double Momentum = 0.95,
    bool Nesterov = true,
    int Rounds = 5,
    bool MatchRms = true,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0
) : OptimizerOptions(WeightDecay)
{
    /// <summary>The constants of AdamW for all that is no hidden matrix.</summary>
    public AdamWOptions Rest { get; } = new(Beta1, Beta2, Epsilon, WeightDecay);
}
