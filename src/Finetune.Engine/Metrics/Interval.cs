namespace Finetune.Engine.Metrics;

/// <summary>A closed interval; both ends in the unit of what it is about.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Interval(double Low, double High)
{
    /// <summary>Whether the value lies in it, ends included.</summary>
    public bool Contains(double value) => Low <= value && value <= High;
}
