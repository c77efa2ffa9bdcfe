using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>
/// Tells glibc what to do with freed memory. Blocks of up to a few megabytes are kept: a training step frees and takes
/// the same ones again, and given back to the kernel each time, a fifth of its time goes into page faults. Larger ones,
/// which only long rows or wide models have, are mapped and given back: kept, an aligned block (ATen's all are) does not fit
/// into the gap that one of its own size has left (glibc bug 14581), and the heap grows to half as much again as is in use.
/// </summary>
internal static partial class Allocator
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int Never = -1;

    /// <summary>Bytes from which on a block is mapped and given back.</summary>
    public const int LargestKept = 4 << 20;

    /// <summary>Sets it for this process; does nothing where the C library is another.</summary>
    public static void KeepMemory()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(MapThreshold, LargestKept);
            _ = SetOption(TrimThreshold, Never);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // musl: another allocator, other habits.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
