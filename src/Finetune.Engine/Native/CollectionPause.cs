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
    private static readonly Lock Gate = new();
    private static int _holders;
    private static long _allocated;

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

    /// <summary>Lets the collector run where enough has been allocated since it last did; does nothing without a
    /// pause.</summary>
    public static void Breathe()
    {
        if (_holders == 0 || (GC.GetTotalAllocatedBytes() - Volatile.Read(ref _allocated) < Budget / 2 && IsOn))
        {
            return;
        }

        lock (Gate)
        {
            if (_holders > 0)
            {
                End();
                Begin();
            }
        }
    }

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
