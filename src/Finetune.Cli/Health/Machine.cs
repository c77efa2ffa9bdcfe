using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Finetune.Cli.Health;

/// <summary>Processor, memory and disk.</summary>
internal static class Machine
{
    private const double Gibi = 1L << 30;
    private const double LeastMemory = 1.0;
    private const double LeastDisk = 2.0;

    /// <summary>What is found, in the order in which it is shown.</summary>
    /// <param name="store">Where the store would be; its disk is the one that fills.</param>
    public static IEnumerable<Finding> Check(string store)
    {
        yield return new(
            "runtime",
            true,
            $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}"
        );
        var wide =
            Avx512F.IsSupported ? ", AVX-512"
            : Avx2.IsSupported ? ", AVX2"
            : "";
        yield return new(
            "processor",
            true,
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}{wide}"
        );
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Gibi;
        yield return new(
            "memory",
            memory >= LeastMemory,
            Amount(memory),
            $"{LeastMemory} GiB is the least to train in"
        );
        var disk = FreeSpace(store);
        yield return new(
            "disk",
            disk is null or >= LeastDisk,
            disk is null ? "free space is unknown" : $"{Amount(disk.Value)} free for {store}",
            "free some, or put the store elsewhere with --cache or FINETUNE_HOME"
        );
    }

    private static string Amount(double gibi) => gibi.ToString("0.0", CultureInfo.InvariantCulture) + " GiB";

    private static double? FreeSpace(string folder)
    {
        try
        {
            var there = new DirectoryInfo(folder);
            while (!there.Exists && there.Parent is not null)
            {
                there = there.Parent;
            }

            return new DriveInfo(there.FullName).AvailableFreeSpace / Gibi;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
