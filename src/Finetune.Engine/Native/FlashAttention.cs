using static TorchSharp.torch;

namespace Finetune.Engine.Native;

/// <summary>ATen's flash attention for processors (Dao et al. 2022), causal, with its gradient.</summary>
internal static class FlashAttention
{
    /// <summary>Mixes values. The caller's dispose scope owns the results.</summary>
    /// <param name="query"><c>[documents, heads, length, size]</c>.</param>
    /// <param name="key">The same shape.</param>
    /// <param name="value">The same shape.</param>
    /// <returns>The values, and the logarithm of each query's sum of exponentials.</returns>
    public static (Tensor Mixed, Tensor LogSums) Forward(Tensor query, Tensor key, Tensor value)
    {
        Span<ulong> stack =
        [
            StableValue.Of(query),
            StableValue.Of(key),
            StableValue.Of(value),
            StableValue.Of(0.0),
            StableValue.Of(true),
            StableValue.None,
            StableValue.None,
        ];
        Dispatcher.Call("aten::_scaled_dot_product_flash_attention_for_cpu"u8, "\0"u8, stack);
        return (Taken(stack[0]), Taken(stack[1]));
    }

    /// <summary>Gradients of query, key and value. The caller's dispose scope owns them.</summary>
    /// <param name="gradient">Of the mixed values.</param>
    /// <param name="query">As in the forward pass.</param>
    /// <param name="key">As in the forward pass.</param>
    /// <param name="value">As in the forward pass.</param>
    /// <param name="mixed">What the forward pass gave.</param>
    /// <param name="logSums">What the forward pass gave.</param>
    public static (Tensor Query, Tensor Key, Tensor Value) Backward(
        Tensor gradient,
        Tensor query,
        Tensor key,
        Tensor value,
        Tensor mixed,
        Tensor logSums
    )
    {
        Span<ulong> stack =
        [
            StableValue.Of(gradient),
            StableValue.Of(query),
            StableValue.Of(key),
            StableValue.Of(value),
            StableValue.Of(mixed),
            StableValue.Of(logSums),
            StableValue.Of(0.0),
            StableValue.Of(true),
            StableValue.None,
            StableValue.None,
        ];
        Dispatcher.Call("aten::_scaled_dot_product_flash_attention_for_cpu_backward"u8, "\0"u8, stack);
        return (Taken(stack[0]), Taken(stack[1]), Taken(stack[2]));
    }

    private static Tensor Taken(ulong handle) => Tensor.UnsafeCreateTensor((nint)handle);
}
