namespace Finetune.Engine.Metrics;

/// <summary>
/// What one row adds to a ratio metric of two contenders: right answers over answers, right tokens over tokens, or
/// negative log-likelihood over tokens. All wordings of a row are in its one entry, so rows stay the unit that is
/// resampled.
/// </summary>
/// <param name="First">The first contender's numerator.</param>
/// <param name="FirstOf">The first contender's denominator.</param>
/// <param name="Second">The second contender's numerator.</param>
/// <param name="SecondOf">The second contender's denominator.</param>
public readonly record struct PairedTotals(double First, double FirstOf, double Second, double SecondOf);
