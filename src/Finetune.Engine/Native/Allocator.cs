using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>
/// Tells glibc to keep freed memory. A training step frees and takes the same blocks again; given back to the kernel each
/// time, much of its time goes into page faults. Large tensors are <see cref="TensorHeap"/>'s.
/// </summary>
internal static partial class Allocator
{
    private const int TrimThreshold = -1;
    private const int MapThreshold = -3;
    private const int Never = -1;

    /// <summary>Sets it for this process; does nothing where the C library is another.</summary>
    public static void KeepMemory()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(MapThreshold, int.MaxValue);
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
