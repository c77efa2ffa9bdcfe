using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>Arguments of <see cref="Dispatcher"/>: 64 bits each. Tensors and lists pass a new reference.</summary>
internal static unsafe partial class StableValue
{
    /// <summary>An optional argument that is not given.</summary>
    public const ulong None = 0;

    /// <summary>A number.</summary>
    public static ulong Of(double value) => BitConverter.DoubleToUInt64Bits(value);

    /// <summary>A truth value.</summary>
    public static ulong Of(bool value) => value ? 1UL : 0UL;

    /// <summary>A tensor; the caller keeps its own.</summary>
    public static ulong Of(Tensor tensor)
    {
        Check(NewTensorHandle(tensor.Handle, out var handle));
        GC.KeepAlive(tensor);
        return (ulong)handle;
    }

    /// <summary>A list of tensors.</summary>
    public static ulong Of(IReadOnlyList<Tensor> tensors)
    {
        Check(NewList((nuint)tensors.Count, out var list));
        for (var i = 0; i < tensors.Count; i++)
        {
            Check(PushBack(list, Of(tensors[i])));
        }

        return (ulong)list;
    }

    private static void Check(int code)
    {
        if (code != 0)
        {
            throw new InvalidOperationException("libtorch could not pass a value");
        }
    }

    [LibraryImport("torch_cpu", EntryPoint = "aoti_torch_new_tensor_handle")]
    private static partial int NewTensorHandle(nint tensor, out nint handle);

    [LibraryImport("torch_cpu", EntryPoint = "torch_new_list_reserve_size")]
    private static partial int NewList(nuint size, out nint list);

    [LibraryImport("torch_cpu", EntryPoint = "torch_list_push_back")]
    private static partial int PushBack(nint list, ulong value);
}
