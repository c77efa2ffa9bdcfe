using Finetune.Engine.Native;
using Finetune.Engine.Quantization;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// <c>x W^T</c> by a quantised weight, whose values exist a stretch of rows at a time, forth and back: the gradient is
/// <c>grad W</c>, and nothing but the matrix is kept for it. Sums of stretches are float32 whatever the model computes in.
/// </summary>
internal sealed class FrozenProduct : autograd.SingleTensorFunction<FrozenProduct>
{
    private const string Weight = "weight";

    // 8 MiB in float32: enough rows for a full-speed product, few enough to stay near the processor.
    private const int StretchValues = 1 << 21;

    private const int ValuesPerThread = 1 << 16;

    // What the last call of this thread gave back. Native code reads it after that call; by the next one it has.
    [ThreadStatic]
    private static Tensor? _returned;

    /// <inheritdoc/>
    public override string Name => nameof(FrozenProduct);

    /// <summary><c>[n, columns]</c> to <c>[n, rows]</c>, in the numbers of <paramref name="x"/>.</summary>
    public static Tensor Of(Tensor x, QuantizedMatrix weight)
    {
        if (!x.requires_grad || !is_grad_enabled())
        {
            return Forward(x, weight);
        }

        // The scope also frees an empty copy of the output, which the library keeps for gradients that are not there.
        using var scope = NewDisposeScope();
        return apply(x, weight).MoveToOuterDisposeScope();
    }

    /// <summary>All values, float32, a stretch of rows at a time: <c>[count, columns]</c> from the row <c>first</c> on.
    /// Each is gone when the next is asked for.</summary>
    public static IEnumerable<(long First, Tensor Values)> Stretches(QuantizedMatrix weight)
    {
        var step = Math.Max(1, StretchValues / Math.Max(1, weight.Columns));
        for (var first = 0L; first < weight.Rows; first += step)
        {
            using var values = Values(weight, first, Math.Min(step, weight.Rows - first));
            yield return (first, values);
        }
    }

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ctx.save_data(Weight, vars[1]);
        ctx.set_materialize_grads(false);
        return Forward((Tensor)vars[0], (QuantizedMatrix)vars[1]);
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using (grad_output)
        {
            _returned?.Dispose();
            _returned = Backward(grad_output, (QuantizedMatrix)ctx.get_data(Weight));
            return [_returned, null!];
        }
    }

    private static Tensor Forward(Tensor x, QuantizedMatrix weight)
    {
        using var scope = NewDisposeScope();
        Tensor? y = null;
        foreach (var (first, values) in Stretches(weight))
        {
            using var inner = NewDisposeScope();
            var part = MatrixProduct.Linear(x.detach(), values.to(x.dtype, x.device), null);
            if (part.shape[1] == weight.Rows)
            {
                return part.MoveToOuterDisposeScope().MoveToOuterDisposeScope();
            }

            y ??= empty([x.shape[0], weight.Rows], x.dtype, x.device).MoveToOuterDisposeScope();
            y.narrow(1, first, part.shape[1]).copy_(part);
        }

        return y!.MoveToOuterDisposeScope();
    }

    private static Tensor Backward(Tensor gradient, QuantizedMatrix weight)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor? sum = null;
        foreach (var (first, values) in Stretches(weight))
        {
            using var inner = NewDisposeScope();
            var rows = values.shape[0];
            var part = MatrixProduct.Of(gradient.narrow(1, first, rows), values.to(gradient.dtype, gradient.device));
            if (rows == weight.Rows)
            {
                return part.MoveToOuterDisposeScope().MoveToOuterDisposeScope();
            }

            var wide = part.to(ScalarType.Float32);
            sum = sum is null ? wide.MoveToOuterDisposeScope() : sum.add_(wide, Scalars.One);
        }

        return sum!.to(gradient.dtype).MoveToOuterDisposeScope();
    }

    private static unsafe Tensor Values(QuantizedMatrix weight, long first, long rows)
    {
        var values = empty([rows, weight.Columns], ScalarType.Float32);
        var count = rows * weight.Columns;
        var parts = (int)Math.Clamp(count / ValuesPerThread, 1, get_num_threads());
        fixed (byte* start = values.bytes)
        {
            var target = (float*)start;
            void Part(int part)
            {
                var (from, to) = (count * part / parts, count * (part + 1) / parts);
                weight.Dequantize(first * weight.Columns + from, new Span<float>(target + from, (int)(to - from)));
            }

            if (parts == 1)
            {
                Part(0);
            }
            else
            {
                Parallel.For(0, parts, Part);
            }
        }

        return values;
    }
}
