using System.Runtime.InteropServices;

namespace Finetune.Engine.Native;

/// <summary>Functions that this build of libtorch shows beside its C interface.</summary>
internal static class TorchExports
{
    /// <summary>Where a function lies; 0 where the build does not show it.</summary>
    /// <param name="name">As the linker knows it.</param>
    public static nint Find(string name) =>
        NativeLibrary.TryLoad("torch_cpu", typeof(TorchExports).Assembly, null, out var library)
        && NativeLibrary.TryGetExport(library, name, out var function)
            ? function
            : 0;
}
