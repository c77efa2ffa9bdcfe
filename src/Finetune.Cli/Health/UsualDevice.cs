using Finetune.Engine.Native;

namespace Finetune.Cli.Health;

/// <summary>What <c>device: auto</c> is on this machine, told from files: plans and keys need it, and need no libtorch.</summary>
internal static class UsualDevice
{
    private const string Cuda = "cuda";

    /// <summary>CUDA where the libtorch beside the tool was built for it, a driver is there and no device is hidden; else
    /// the processor. Never Metal: what nobody has tried is no default.</summary>
    /// <param name="variable">Environment variables.</param>
    public static string Here(Func<string, string?> variable) =>
        TensorLibrary.Find(OperatingSystem.IsWindows() ? "torch_cuda.dll" : "libtorch_cuda.so") is not null
        && variable("CUDA_VISIBLE_DEVICES") is not ("" or "-1")
        && File.Exists(
            OperatingSystem.IsWindows()
                ? Path.Combine(Environment.SystemDirectory, "nvcuda.dll")
                : "/proc/driver/nvidia/version"
        )
            ? Cuda
            : ComputeDevice.Processor;
}
