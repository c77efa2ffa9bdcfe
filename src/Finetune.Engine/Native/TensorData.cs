using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>What a parameter holds, put in place of what it held.</summary>
internal static class TensorData
{
    /// <summary>What <c>parameter.data = value</c> does in Python: same parameter, the other's memory and type.</summary>
    public static void Becomes(this Tensor parameter, Tensor value) =>
        Dispatcher.Call("aten::set_data"u8, "\0"u8, [StableValue.Of(parameter), StableValue.Of(value)]);
}
