namespace Finetune.Engine.Metrics.Predictions;

/// <summary>A metric that predictions and their references suffice for.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Start">A score without predictions.</param>
/// <param name="TakesOneReference">Several references mean nothing to it.</param>
public sealed record PredictionMetric(string Name, Func<IPredictionScore> Start, bool TakesOneReference = false);
