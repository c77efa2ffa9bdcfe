using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>When a training is ended because its loss leaps.</summary>
public sealed record WatchdogSection
{
    /// <summary>A step's loss this many times the median of those before is a spike.</summary>
    [Bounds(1, double.PositiveInfinity, AboveMinimum = true)]
    [Example("3.0")]
    public double Factor { get; init; } = 3;

    /// <summary>Spikes one after another that end the training.</summary>
    [Bounds(1, int.MaxValue)]
    [Example("3")]
    public int Patience { get; init; } = 3;

    /// <summary>Losses that the median is taken of; before there are as many, none is a spike.</summary>
    [Bounds(1, 1000)]
    [Example("20")]
    public int Window { get; init; } = 20;
}
