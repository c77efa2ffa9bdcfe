using static TorchSharp.torch;

namespace Finetune.Engine.Models.Managed;

/// <summary>Where a tensor's numbers lie.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>Whether numbers can be read in place: float32 on the processor, one after the other.</summary>
    public static bool IsPlain(Tensor tensor) =>
        tensor.dtype == ScalarType.Float32 && tensor.device_type == TorchSharp.DeviceType.CPU && tensor.is_contiguous();

    /// <summary>The first number of a plain tensor, which has to stay alive.</summary>
    public static float* Of(Tensor tensor)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();

        // The span of a whole tensor would have to fit 31 bits.
        fixed (byte* start = tensor.detach().view(-1).narrow(0, 0, 1).bytes)
        {
            return (float*)start;
        }
    }
}
