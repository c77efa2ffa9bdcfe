using System.Diagnostics;
using System.Globalization;

namespace Finetune.Benchmarks;

/// <summary>What this process took of the machine.</summary>
internal static class Usage
{
    /// <summary>The most memory it ever had resident, in MB; 0 where the system does not say.</summary>
    public static double PeakResidentMegabytes()
    {
        const string status = "/proc/self/status";
        var line = File.Exists(status)
            ? File.ReadLines(status).FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
            : null;
        return line is null
            ? 0
            : double.Parse(
                line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture
            ) / 1024;
    }

    /// <summary>Processor time in the kernel, and in all.</summary>
    public static (TimeSpan Kernel, TimeSpan All) Processor()
    {
        using var process = Process.GetCurrentProcess();
        return (process.PrivilegedProcessorTime, process.TotalProcessorTime);
    }
}
