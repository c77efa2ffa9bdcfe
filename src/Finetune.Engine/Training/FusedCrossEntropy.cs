using System.Numerics;
using Finetune.Engine.Models.Parts.Fused;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// <c>-log softmax(z)[target]</c> of every row of logits, which are overwritten by their gradient,
/// <c>scale (softmax(z) - one at the target)</c>: the logits are the only thing of their size that exists.
/// </summary>
internal static unsafe class FusedCrossEntropy
{
    /// <summary>Overwrites logits by their gradient.</summary>
    /// <param name="logits"><c>[rows, vocabulary]</c>, float32 or bfloat16, in the processor's memory, contiguous.</param>
    /// <param name="targets"><c>[rows]</c> int64.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <param name="factors">Instead of it, every row's own factor.</param>
    /// <returns>Sum of <c>-log p(target)</c>, not scaled.</returns>
    public static double Overwrite(Tensor logits, Tensor targets, double scale, double[]? factors = null)
    {
        var losses = new double[logits.shape[0]];
        if (logits.dtype == ScalarType.Float32)
        {
            Overwrite<Float32Numbers>(logits, targets, row => (float)(factors is null ? scale : factors[row]), losses);
        }
        else
        {
            Overwrite<BFloat16Numbers>(logits, targets, row => (float)(factors is null ? scale : factors[row]), losses);
        }

        // In order, whatever thread took which row.
        return losses.Sum();
    }

    private static void Overwrite<TNumbers>(Tensor logits, Tensor targets, Func<int, float> scale, double[] losses)
        where TNumbers : struct, INumbers
    {
        var z = TensorMemory.Of(logits);
        var wanted = (long*)TensorMemory.Of(targets);
        var width = (int)logits.shape[1];
        var stride = width * logits.element_size();
        Team.Run(
            losses.Length,
            width,
            (from, to) =>
            {
                for (var row = from; row < to; row++)
                {
                    losses[row] = Row<TNumbers>(z + row * stride, width, (int)wanted[row], scale((int)row));
                }
            }
        );
    }

    private static double Row<TNumbers>(byte* z, int width, int target, float scale)
        where TNumbers : struct, INumbers
    {
        var highest = Highest<TNumbers>(z, width);
        var sum = Sum<TNumbers>(z, width, highest);
        var chosen = TNumbers.Get(z, target);
        Scale<TNumbers>(z, width, highest, (float)(scale / sum));
        TNumbers.Set(z, target, (float)(scale * (Math.Exp(chosen - highest) / sum - 1)));
        return Math.Log(sum) + highest - chosen;
    }

    private static float Highest<TNumbers>(byte* z, int width)
        where TNumbers : struct, INumbers
    {
        var block = 2 * Vector<float>.Count;
        var highest = float.NegativeInfinity;
        var i = 0;
        if (width >= block)
        {
            var wide = new Vector<float>(highest);
            for (; i <= width - block; i += block)
            {
                var (a, b) = TNumbers.Load(z, i);
                wide = Vector.Max(wide, Vector.Max(a, b));
            }

            for (var lane = 0; lane < Vector<float>.Count; lane++)
            {
                highest = MathF.Max(highest, wide[lane]);
            }
        }

        for (; i < width; i++)
        {
            highest = MathF.Max(highest, TNumbers.Get(z, i));
        }

        return highest;
    }

    // Some thousand terms at a time in float32, their sums in float64.
    private static double Sum<TNumbers>(byte* z, int width, float highest)
        where TNumbers : struct, INumbers
    {
        const int Stretch = 4096;
        var block = 2 * Vector<float>.Count;
        var top = new Vector<float>(highest);
        var sum = 0.0;
        var i = 0;
        while (i <= width - block)
        {
            var (first, second) = (Vector<float>.Zero, Vector<float>.Zero);
            var end = Math.Min(width - block, i + Stretch);
            for (; i <= end; i += block)
            {
                var (a, b) = TNumbers.Load(z, i);
                (first, second) = (first + Exponential.Of(a - top), second + Exponential.Of(b - top));
            }

            sum += Vector.Sum(first + second);
        }

        for (; i < width; i++)
        {
            sum += MathF.Exp(TNumbers.Get(z, i) - highest);
        }

        return sum;
    }

    private static void Scale<TNumbers>(byte* z, int width, float highest, float factor)
        where TNumbers : struct, INumbers
    {
        var block = 2 * Vector<float>.Count;
        var (top, wide) = (new Vector<float>(highest), new Vector<float>(factor));
        var i = 0;
        for (; i <= width - block; i += block)
        {
            var (a, b) = TNumbers.Load(z, i);
            TNumbers.Store(z, i, Exponential.Of(a - top) * wide, Exponential.Of(b - top) * wide);
        }

        for (; i < width; i++)
        {
            TNumbers.Set(z, i, MathF.Exp(TNumbers.Get(z, i) - highest) * factor);
        }
    }
}
