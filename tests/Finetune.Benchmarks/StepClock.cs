using System.Text.Json.Nodes;
using Finetune.Engine.Training;

namespace Finetune.Benchmarks;

/// <summary>Marks the end of every step; the first ones warm up and are not counted.</summary>
/// <param name="warmup">How many.</param>
internal sealed class StepClock(int warmup) : IProgress<TrainingProgress>
{
    private int _steps;
    private long _start;
    private long _end;
    private long _allocatedBefore;
    private long _allocated;
    private (TimeSpan Kernel, TimeSpan All) _before;
    private (TimeSpan Kernel, TimeSpan All) _after;

    /// <inheritdoc/>
    public void Report(TrainingProgress value) => Mark();

    /// <summary>A step ended.</summary>
    public void Mark()
    {
        _steps++;
        if (_steps == warmup)
        {
            (_before, _allocatedBefore) = (Usage.Processor(), GC.GetTotalAllocatedBytes());
            _start = TimeProvider.System.GetTimestamp();
        }
        else if (_steps > warmup)
        {
            _end = TimeProvider.System.GetTimestamp();
            (_after, _allocated) = (Usage.Processor(), GC.GetTotalAllocatedBytes());
        }
    }

    /// <summary>What the steps after the warm-up came to.</summary>
    /// <param name="rows">The rows of those steps.</param>
    public Measured Measured(IEnumerable<TrainingExample> rows)
    {
        var seconds = TimeProvider.System.GetElapsedTime(_start, _end).TotalSeconds;
        return new(
            rows.Sum(r => (double)r.InputIds.Length) / seconds,
            Usage.PeakResidentMegabytes(),
            (_after.Kernel - _before.Kernel) / (_after.All - _before.All),
            (_allocated - _allocatedBefore) / Math.Max(1, _steps - warmup)
        );
    }
}

/// <summary>Figures of one contender.</summary>
/// <param name="TokensPerSecond">Tokens without padding.</param>
/// <param name="PeakMegabytes">Resident, of the process so far.</param>
/// <param name="KernelShare">Of processor time.</param>
/// <param name="ManagedBytesPerStep">Allocated by .NET.</param>
internal sealed record Measured(
    double TokensPerSecond,
    double PeakMegabytes,
    double KernelShare,
    long ManagedBytesPerStep
)
{
    /// <summary>As they are printed.</summary>
    public JsonObject Line(string work, bool bf16) =>
        new()
        {
            ["work"] = work,
            ["precision"] = bf16 ? "bf16" : "fp32",
            ["tokens_per_second"] = Math.Round(TokensPerSecond, 1),
            ["peak_rss_mb"] = Math.Round(PeakMegabytes, 0),
            ["kernel_share"] = Math.Round(KernelShare, 3),
            ["managed_bytes_per_step"] = ManagedBytesPerStep,
        };
}
