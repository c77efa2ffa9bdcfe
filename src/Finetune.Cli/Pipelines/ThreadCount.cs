using System.Globalization;
using System.Runtime.InteropServices;

namespace Finetune.Cli.Pipelines;

/// <summary>How many threads a heavy step takes; told before the tensor library loads, which reads it then.</summary>
internal static partial class ThreadCount
{
    /// <summary>Sets it for this process; .NET's own variables are not seen by native code.</summary>
    public static void Set(int threads)
    {
        var text = threads.ToString(CultureInfo.InvariantCulture);
        foreach (var name in new[] { "OMP_NUM_THREADS", "MKL_NUM_THREADS" })
        {
            if (OperatingSystem.IsWindows())
            {
                Environment.SetEnvironmentVariable(name, text);
            }
            else
            {
                _ = SetVariable(name, text, overwrite: 1);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
