namespace Finetune.Engine.Metrics;

/// <summary>What a metric was given cannot be used; the caller knows which row it was.</summary>
/// <param name="message">What was found and what was wanted.</param>
public sealed class MetricException(string message) : Exception(message);
