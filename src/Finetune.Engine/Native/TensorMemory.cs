using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>Where a tensor of the processor lies, whatever its size; a span cannot be longer than 2^31 bytes.</summary>
internal static unsafe partial class TensorMemory
{
    /// <summary>Whether numbers can be read in place: float32 on the processor, one after the other.</summary>
    public static bool IsPlain(Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && tensor.device_type == TorchSharp.DeviceType.CPU && tensor.is_contiguous();

    /// <summary>The first value. Good as long as the tensor lives.</summary>
    public static byte* Of(Tensor tensor)
    {
        if (GetDataPointer(tensor.Handle, out var start) != 0)
        {
            throw new InvalidOperationException("libtorch gave no memory of a tensor");
        }

        return (byte*)start;
    }

    [LibraryImport("torch_cpu", EntryPoint = "aoti_torch_get_data_ptr")]
    private static partial int GetDataPointer(nint tensor, out nint start);
}
