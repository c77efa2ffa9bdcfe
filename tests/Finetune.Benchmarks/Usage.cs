using System.Diagnostics;
using System.Globalization;

namespace Finetune.Benchmarks;

/// <summary>What this process took of the machine.</summary>
internal static class Usage
{
    /// <summary>The most memory it ever had resident, in MB; 0 where the system does not say.</summary>
    public static double PeakResidentMegabytes() => Status("VmHWM:");

    /// <summary>The memory resident now, in MB; 0 where the system does not say.</summary>
    public static double ResidentMegabytes() => Status("VmRSS:");

    /// <summary>Lets the peak begin anew, where the system can.</summary>
    public static void ForgetPeak()
    {
        const string Switch = "/proc/self/clear_refs";
        if (File.Exists(Switch))
        {
            File.WriteAllText(Switch, "5");
        }
    }

    private static double Status(string key)
    {
        const string File = "/proc/self/status";
        var line = System.IO.File.Exists(File)
            ? System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))
            : null;
        return line is null
            ? 0
            : double.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)
                / 1024;
    }

    /// <summary>Processor time in the kernel, and in all.</summary>
    public static (TimeSpan Kernel, TimeSpan All) Processor()
    {
        using var process = Process.GetCurrentProcess();
        return (process.PrivilegedProcessorTime, process.TotalProcessorTime);
    }
}
