namespace Finetune.Engine.Training;

/// <summary>AdamW's constants (Loshchilov and Hutter 2019).</summary>
/// <param name="Beta1">Decay of the first moment.</param>
/// <param name="Beta2">Decay of the second moment.</param>
/// <param name="Epsilon">Added to the root of the second moment.</param>
/// <param name="WeightDecay">Decoupled decay a step, times the learning rate; on matrices only.</param>
public sealed record AdamWOptions(
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0
);
