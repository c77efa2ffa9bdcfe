using System.Text.Json.Serialization;

namespace Finetune.Engine.Training;

/// <summary>When a training is ended for its losses.</summary>
/// <param name="Factor">A step whose loss is more than this many times the median of those before is a spike.</param>
/// <param name="Patience">Spikes one after another that end it.</param>
/// <param name="Window">Losses the median is taken of; none is a spike before there are as many.</param>
public sealed record WatchdogOptions(double Factor, int Patience = 3, int Window = 20);

/// <summary>What a watchdog remembers: losses that were no spikes, and spikes since the last of them.</summary>
/// <param name="Losses">The last ones, oldest first.</param>
/// <param name="Spikes">One after another, up to now.</param>
internal sealed record LossWatchdog(IReadOnlyList<double> Losses, int Spikes)
{
    /// <summary>Before the first step.</summary>
    public static LossWatchdog Start { get; } = new([], 0);

    /// <summary>The median of the losses it remembers; of none there is none.</summary>
    [JsonIgnore]
    public double Median
    {
        get
        {
            double[] sorted = [.. Losses.Order()];
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>After a step.</summary>
    public LossWatchdog With(double loss, WatchdogOptions options)
    {
        if (Losses.Count >= options.Window && loss > options.Factor * Median)
        {
            return this with { Spikes = Spikes + 1 };
        }

        var kept = Losses.Skip(Math.Max(0, Losses.Count + 1 - options.Window));
        return new LossWatchdog([.. kept, loss], 0);
    }
}
