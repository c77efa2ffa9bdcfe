using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>
/// Tells glibc what to do with freed memory. It keeps it: a training step frees and takes the same blocks again, and given
/// back to the kernel each time, much of its time goes into page faults. Only where memory would not suffice, and blocks are
/// large from long rows or wide models, are these mapped and given back: kept, an aligned block (ATen's all are) does not fit
/// into the gap that one of its own size has left (glibc bug 14581), and the heap grows beyond what is in use.
/// </summary>
internal static partial class Allocator
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int Never = -1;

    /// <summary>Bytes from which on a block is mapped and given back, where blocks are.</summary>
    public const int SmallestMapped = 4 << 20;

    /// <summary>Whether blocks of a training are mapped.</summary>
    /// <param name="states">Bytes of the hidden states of its largest pass.</param>
    public static bool Maps(long states) => states > SmallestMapped;

    /// <summary>Sets it for this process; does nothing where the C library is another.</summary>
    /// <param name="butLargeBlocks">Whether these are mapped and given back.</param>
    public static void KeepMemory(bool butLargeBlocks)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(MapThreshold, butLargeBlocks ? SmallestMapped : int.MaxValue);
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
