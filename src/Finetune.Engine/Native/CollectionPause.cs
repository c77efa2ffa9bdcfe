using System.Diagnostics;
using System.Runtime;

namespace Finetune.Engine.Native;

/// <summary>
/// Keeps the garbage collector from running in the middle of native calls. TorchSharp's operators make a scalar object for
/// each number they are given (also the hidden factor 1 of an addition) and hand only its native half on: a collection
/// during the call may free what the call still reads. Rare, likelier on a busy machine, and then an exception from
/// nowhere. While a pause is held, collections wait for <see cref="Breathe"/>, which is called between native calls.
/// </summary>
public static class CollectionPause
{
    private const long Budget = 64 << 20;

    // A breath takes this share of the time at most, unless the budget is half gone.
    private const double Share = 0.01;

    private static readonly Lock Gate = new();
    private static int _holders;
    private static long _allocated;
    private static long _breathed;
    private static TimeSpan _took;

    /// <summary>Begins a pause, which ends when the last holder has been disposed.</summary>
    public static IDisposable Hold()
    {
        lock (Gate)
        {
            if (_holders++ == 0)
            {
                Begin();
            }
        }

        return new Holder();
    }

    /// <summary>
    /// Lets the collector run where that costs little or is due; does nothing without a pause. Often is better: what
    /// waits for it are small blocks of native memory that lie between large ones (scalars, the thunks of custom
    /// functions) and keep gaps from being joined, some tens of megabytes a training step.
    /// </summary>
    public static void Breathe()
    {
        if (_holders == 0 || !IsDue)
        {
            return;
        }

        lock (Gate)
        {
            if (_holders > 0)
            {
                var start = Stopwatch.GetTimestamp();
                End();
                // Beginning a new one collects only where there is no room.
                GC.Collect(0);
                Begin();
                _took = Stopwatch.GetElapsedTime(start);
            }
        }
    }

    private static bool IsDue =>
        !IsOn
        || GC.GetTotalAllocatedBytes() - Volatile.Read(ref _allocated) >= Budget / 2
        || Stopwatch.GetElapsedTime(Volatile.Read(ref _breathed)) * Share >= _took;

    private static bool IsOn => GCSettings.LatencyMode == GCLatencyMode.NoGCRegion;

    private static void Begin()
    {
        Volatile.Write(ref _allocated, GC.GetTotalAllocatedBytes());
        try
        {
            _ = GC.TryStartNoGCRegion(Budget);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // A region that somebody else began, or a heap too small for one: collections come as they would have.
        }

        Volatile.Write(ref _breathed, Stopwatch.GetTimestamp());
    }

    private static void End()
    {
        try
        {
            if (IsOn)
            {
                GC.EndNoGCRegion();
            }
        }
        catch (InvalidOperationException)
        {
            // More was allocated than the region has room for, and the collector has ended it.
        }
    }

    private sealed class Holder : IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            lock (Gate)
            {
                if (!_disposed && --_holders == 0)
                {
                    End();
                }

                _disposed = true;
            }
        }
    }
}
