using System.Numerics;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// The root-mean-square norm in one pass over memory, forth and back; the input alone is kept. With
/// <c>n = x / sqrt(mean(x^2) + epsilon)</c>: <c>y = w n</c>, <c>dw = sum dy n</c> and, for <c>g = dy w</c>,
/// <c>dx = (g - n mean(g n)) / sqrt(mean(x^2) + epsilon)</c>.
/// </summary>
/// <param name="epsilon">Added to the mean square.</param>
/// <param name="fromOne">Whether the factor is one plus the weight.</param>
internal sealed unsafe class FusedRmsNorm(double epsilon, bool fromOne) : Operation
{
    // Rows whose gradient of the weight is one sum: fixed, so that the number of threads does not change rounding.
    private const int RowsOfSum = 64;

    private Tensor _input = null!;
    private Tensor _weight = null!;
    private bool _weightLearns;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        _input = Keep(inputs[0].contiguous());
        _weight = Keep(Factor(inputs[1]));
        _weightLearns = inputs[1].requires_grad;
        var result = empty_like(_input);
        if (_input.dtype == ScalarType.Float32)
        {
            Forward<Float32Numbers>(result);
        }
        else
        {
            Forward<BFloat16Numbers>(result);
        }

        return result;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        var given = gradient.contiguous();
        return _input.dtype == ScalarType.Float32 ? Backward<Float32Numbers>(given) : Backward<BFloat16Numbers>(given);
    }

    private Tensor Factor(Tensor weight)
    {
        var wide = weight.detach().to(ScalarType.Float32);
        return fromOne ? wide + 1 : wide;
    }

    private (long Rows, int Width) Shape() => (_input.numel() / _input.shape[^1], (int)_input.shape[^1]);

    // A weight of several rows (one a head) repeats over the rows of the input.
    private int WeightRows(int width) => (int)(_weight.numel() / width);

    private void Forward<TNumbers>(Tensor result)
        where TNumbers : struct, INumbers
    {
        var (rows, width) = Shape();
        var x = TensorMemory.Of(_input);
        var y = TensorMemory.Of(result);
        var w = (float*)TensorMemory.Of(_weight);
        var (stride, weights) = (width * _input.element_size(), WeightRows(width));
        var (eps, whole) = ((float)epsilon, fromOne);
        Team.Run(
            rows,
            width,
            (from, to) =>
            {
                for (var row = from; row < to; row++)
                {
                    var factor = w + row % weights * width;
                    Normed<TNumbers>(x + row * stride, factor, y + row * stride, width, eps, whole);
                }
            }
        );
    }

    private static void Normed<TNumbers>(byte* x, float* w, byte* y, int width, float epsilon, bool roundOnce)
        where TNumbers : struct, INumbers
    {
        var scale = Scale<TNumbers>(x, width, epsilon);
        var block = 2 * Vector<float>.Count;
        var wide = new Vector<float>(scale);
        var i = 0;
        for (; i <= width - block; i += block)
        {
            var (a, b) = TNumbers.Load(x, i);
            (a, b) = (a * wide, b * wide);
            if (!roundOnce)
            {
                (a, b) = (TNumbers.Round(a), TNumbers.Round(b));
            }

            TNumbers.Store(y, i, a * Vector.Load(w + i), b * Vector.Load(w + i + Vector<float>.Count));
        }

        for (; i < width; i++)
        {
            var normed = TNumbers.Get(x, i) * scale;
            TNumbers.Set(y, i, (roundOnce ? normed : TNumbers.Round(normed)) * w[i]);
        }
    }

    // 1 / sqrt(mean(x^2) + epsilon); four sums side by side, as ATen adds up a row.
    private static float Scale<TNumbers>(byte* x, int width, float epsilon)
        where TNumbers : struct, INumbers
    {
        var (s1, s2, s3, s4) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var block = 2 * Vector<float>.Count;
        var i = 0;
        for (; i <= width - 2 * block; i += 2 * block)
        {
            var (a, b) = TNumbers.Load(x, i);
            var (c, d) = TNumbers.Load(x, i + block);
            (s1, s2, s3, s4) = (s1 + a * a, s2 + b * b, s3 + c * c, s4 + d * d);
        }

        var sum = Lanes(s1 + s2 + s3 + s4);
        for (; i < width; i++)
        {
            var value = TNumbers.Get(x, i);
            sum += value * value;
        }

        return 1 / MathF.Sqrt(sum / width + epsilon);
    }

    private static float Lanes(Vector<float> values)
    {
        var sum = 0f;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            sum += values[lane];
        }

        return sum;
    }

    private Tensor?[] Backward<TNumbers>(Tensor gradient)
        where TNumbers : struct, INumbers
    {
        var (rows, width) = Shape();
        var result = empty_like(_input);
        var x = TensorMemory.Of(_input);
        var g = TensorMemory.Of(gradient);
        var d = TensorMemory.Of(result);
        var w = (float*)TensorMemory.Of(_weight);
        var (stride, weights, eps) = (width * _input.element_size(), WeightRows(width), (float)epsilon);
        var sums = (rows + RowsOfSum - 1) / RowsOfSum;
        var parts = _weightLearns ? zeros([sums, weights, width], ScalarType.Float32) : null;
        var s = parts is null ? null : (float*)TensorMemory.Of(parts);
        Team.Run(
            sums,
            RowsOfSum * width,
            (from, to) =>
            {
                for (var row = from * RowsOfSum; row < Math.Min(rows, to * RowsOfSum); row++)
                {
                    var at = row % weights * width;
                    var sum = s is null ? null : s + row / RowsOfSum * weights * width + at;
                    Turned<TNumbers>(x + row * stride, w + at, g + row * stride, d + row * stride, sum, width, eps);
                }
            }
        );
        return [result, parts?.sum([0L]).view(_weight.shape).to(_input.dtype)];
    }

    private static void Turned<TNumbers>(byte* x, float* w, byte* g, byte* d, float* sum, int width, float epsilon)
        where TNumbers : struct, INumbers
    {
        var scale = Scale<TNumbers>(x, width, epsilon);
        var count = Vector<float>.Count;
        // The gradient by way of the scale: d scale / d mean(x^2) = -scale^3 / 2.
        var bend = -0.5f * Dot<TNumbers>(x, w, g, width) * (scale * scale * scale) / width * 2;
        var (wide, wideBend) = (new Vector<float>(scale), new Vector<float>(bend));
        var i = 0;
        for (; i <= width - 2 * count; i += 2 * count)
        {
            var (a, b) = TNumbers.Load(x, i);
            var (ga, gb) = TNumbers.Load(g, i);
            if (sum is not null)
            {
                (Vector.Load(sum + i) + ga * (a * wide)).Store(sum + i);
                (Vector.Load(sum + i + count) + gb * (b * wide)).Store(sum + i + count);
            }

            TNumbers.Store(
                d,
                i,
                ga * Vector.Load(w + i) * wide + a * wideBend,
                gb * Vector.Load(w + i + count) * wide + b * wideBend
            );
        }

        for (; i < width; i++)
        {
            var (value, given) = (TNumbers.Get(x, i), TNumbers.Get(g, i));
            if (sum is not null)
            {
                sum[i] += given * (value * scale);
            }

            TNumbers.Set(d, i, given * w[i] * scale + value * bend);
        }
    }

    // sum(g w x)
    private static float Dot<TNumbers>(byte* x, float* w, byte* g, int width)
        where TNumbers : struct, INumbers
    {
        var (s1, s2, s3, s4) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        var count = Vector<float>.Count;
        var i = 0;
        for (; i <= width - 4 * count; i += 4 * count)
        {
            var (a, b) = TNumbers.Load(x, i);
            var (c, d) = TNumbers.Load(x, i + 2 * count);
            var (ga, gb) = TNumbers.Load(g, i);
            var (gc, gd) = TNumbers.Load(g, i + 2 * count);
            s1 += ga * Vector.Load(w + i) * a;
            s2 += gb * Vector.Load(w + i + count) * b;
            s3 += gc * Vector.Load(w + i + 2 * count) * c;
            s4 += gd * Vector.Load(w + i + 3 * count) * d;
        }

        var sum = Lanes(s1 + s2 + s3 + s4);
        for (; i < width; i++)
        {
            sum += TNumbers.Get(g, i) * w[i] * TNumbers.Get(x, i);
        }

        return sum;
    }
}
