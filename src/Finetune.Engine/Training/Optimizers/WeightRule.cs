namespace Finetune.Engine.Training.Optimizers;

/// <summary>How one weight is treated.</summary>
/// <param name="RateFactor">Times the step's learning rate.</param>
/// <param name="WeightDecay">Its decay.</param>
/// <param name="Hidden">Whether it is a matrix between hidden states: no embedding, no head, no vector.</param>
public sealed record WeightRule(double RateFactor, double WeightDecay, bool Hidden);
