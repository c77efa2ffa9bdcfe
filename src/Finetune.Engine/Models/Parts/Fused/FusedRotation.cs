using System.Numerics;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// The rotary embedding of halves in one pass over memory: <c>a' = a cos - b sin, b' = b cos + a sin</c>. The gradient
/// turns back, and nothing but the tables is kept for it.
/// </summary>
/// <param name="dimensions">Leading values of a head that turn; the others are copied.</param>
internal sealed unsafe class FusedRotation(int dimensions) : Operation
{
    private Tensor _cos = null!;
    private Tensor _sin = null!;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        (_cos, _sin) = (Keep(inputs[1]), Keep(inputs[2]));
        return Turn(inputs[0], 1);
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient) => [Turn(gradient, -1), null, null];

    private Tensor Turn(Tensor heads, int direction)
    {
        var size = heads.shape[2];
        var given = heads.stride(2) == 1 && heads.stride(1) == size ? heads : heads.contiguous();
        var result = empty(heads.shape, heads.dtype);
        if (heads.dtype == ScalarType.Float32)
        {
            Turn<Float32Numbers>(given, result, direction);
        }
        else
        {
            Turn<BFloat16Numbers>(given, result, direction);
        }

        return result;
    }

    private void Turn<TNumbers>(Tensor heads, Tensor result, int direction)
        where TNumbers : struct, INumbers
    {
        var (count, size, bytes) = ((int)heads.shape[1], (int)heads.shape[2], (int)heads.element_size());
        var x = TensorMemory.Of(heads);
        var y = TensorMemory.Of(result);
        var cos = TensorMemory.Of(_cos);
        var sin = TensorMemory.Of(_sin);
        var (stride, head, table) = (heads.stride(0) * bytes, size * bytes, dimensions * bytes);
        Team.Run(
            heads.shape[0],
            count * size,
            (from, to) =>
            {
                for (var token = from; token < to; token++)
                {
                    for (var h = 0; h < count; h++)
                    {
                        Head<TNumbers>(
                            x + token * stride + h * head,
                            y + (token * count + h) * head,
                            cos + token * table,
                            sin + token * table,
                            size,
                            direction
                        );
                    }
                }
            }
        );
    }

    private void Head<TNumbers>(byte* x, byte* y, byte* cos, byte* sin, int size, int direction)
        where TNumbers : struct, INumbers
    {
        var half = dimensions / 2;
        var sign = new Vector<float>(direction);
        var block = 2 * Vector<float>.Count;
        var i = 0;
        for (; i <= half - block; i += block)
        {
            var (a1, a2) = TNumbers.Load(x, i);
            var (b1, b2) = TNumbers.Load(x, i + half);
            var (c1, c2) = TNumbers.Load(cos, i);
            var (s1, s2) = TNumbers.Load(sin, i);
            (s1, s2) = (s1 * sign, s2 * sign);
            TNumbers.Store(y, i, a1 * c1 - b1 * s1, a2 * c2 - b2 * s2);
            TNumbers.Store(y, i + half, b1 * c1 + a1 * s1, b2 * c2 + a2 * s2);
        }

        for (; i < half; i++)
        {
            var (a, b) = (TNumbers.Get(x, i), TNumbers.Get(x, i + half));
            var (c, s) = (TNumbers.Get(cos, i), TNumbers.Get(sin, i) * direction);
            TNumbers.Set(y, i, a * c - b * s);
            TNumbers.Set(y, i + half, b * c + a * s);
        }

        for (i = dimensions; i < size; i++)
        {
            TNumbers.Set(y, i, TNumbers.Get(x, i));
        }
    }
}
