using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Managed;

/// <summary>Where a layer's keys and values lie, <c>[key-value heads, capacity, head size]</c> each.</summary>
/// <param name="KeysAt">Address of the first key.</param>
/// <param name="ValuesAt">Address of the first value.</param>
/// <param name="Capacity">Tokens that there is room for.</param>
internal readonly unsafe record struct CacheSlot(nint KeysAt, nint ValuesAt, int Capacity)
{
    /// <summary>The first key.</summary>
    public float* Keys => (float*)KeysAt;

    /// <summary>The first value.</summary>
    public float* Values => (float*)ValuesAt;

    /// <summary>Of plain tensors, which have to stay alive.</summary>
    public static CacheSlot Of(Tensor keys, Tensor values, int capacity) =>
        new((nint)TensorMemory.Of(keys), (nint)TensorMemory.Of(values), capacity);
}
