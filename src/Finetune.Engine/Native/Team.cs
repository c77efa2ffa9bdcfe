using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>
/// Runs rows of a kernel on several threads: on libtorch's own OpenMP team where there is one, since a second pool beside
/// it would fight with workers that spin between two products; else on .NET's pool.
/// </summary>
internal static unsafe class Team
{
    // Below this many values a second thread costs more than it brings; ATen's own limit.
    private const long Grain = 32_768;

    private static readonly delegate* unmanaged<nint, nint, uint, uint, void> Fork;
    private static readonly delegate* unmanaged<int> Number;
    private static readonly delegate* unmanaged<int> Count;

    static Team()
    {
        var (fork, number, count) = (
            TorchExports.Find("GOMP_parallel"),
            TorchExports.Find("omp_get_thread_num"),
            TorchExports.Find("omp_get_num_threads")
        );
        if (fork != 0 && number != 0 && count != 0)
        {
            Fork = (delegate* unmanaged<nint, nint, uint, uint, void>)fork;
            Number = (delegate* unmanaged<int>)number;
            Count = (delegate* unmanaged<int>)count;
        }
    }

    /// <summary>Covers all rows once, in stretches that do not depend on anything but the number of threads.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="values">Values of a row.</param>
    /// <param name="body">Takes the first row and the one behind the last; must not throw.</param>
    public static void Run(long rows, long values, Action<long, long> body)
    {
        var threads = rows * values < Grain ? 1 : (int)Math.Min(rows, get_num_threads());
        if (threads <= 1)
        {
            body(0, rows);
        }
        else if (Fork is null)
        {
            Parallel.For(0, threads, part => body(rows * part / threads, rows * (part + 1) / threads));
        }
        else
        {
            var share = GCHandle.Alloc(new Share(rows, body));
            Fork((nint)(delegate* unmanaged<nint, void>)&Work, GCHandle.ToIntPtr(share), (uint)threads, 0);
            share.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static void Work(nint data)
    {
        var share = (Share)GCHandle.FromIntPtr(data).Target!;
        var (part, parts) = (Number(), Count());
        share.Body(share.Rows * part / parts, share.Rows * (part + 1) / parts);
    }

    private sealed record Share(long Rows, Action<long, long> Body);
}
