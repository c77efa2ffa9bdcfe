using System.Runtime.Intrinsics;

namespace Finetune.Engine.Models.Managed;

/// <summary>
/// Products of some rows with a weight matrix, <c>y = x W^T + b</c>, in registers: 4 rows by 3 outputs where there are
/// that many, so that a weight is loaded once for four rows; 1 by 4 where not, which reads weights at the speed of
/// memory.
/// </summary>
internal static unsafe class RowProducts
{
    private const int Lane = 8;
    private const int RowBlock = 4;
    private const int OutputBlock = 3;

    /// <summary>Some outputs of all rows.</summary>
    /// <param name="x"><c>[rows, inputs]</c>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="linear">Weight and bias.</param>
    /// <param name="y"><c>[rows, outputs]</c>.</param>
    /// <param name="from">First output.</param>
    /// <param name="to">One past the last.</param>
    public static void Run(float* x, int rows, ManagedLinear linear, float* y, int from, int to)
    {
        var row = 0;
        if (rows >= RowBlock)
        {
            var blocked = rows - rows % RowBlock;
            var output = from;
            for (; output + OutputBlock <= to; output += OutputBlock)
            {
                for (row = 0; row < blocked; row += RowBlock)
                {
                    FourByThree(x, row, linear, y, output);
                }
            }

            for (row = 0; row < blocked; row++)
            {
                OneRow(x, row, linear, y, output, to);
            }
        }

        for (; row < rows; row++)
        {
            OneRow(x, row, linear, y, from, to);
        }
    }

    /// <summary>Sum of the products of two rows' values.</summary>
    public static float Dot(float* a, float* b, int count)
    {
        var sum = Vector256<float>.Zero;
        var i = 0;
        for (; i <= count - Lane; i += Lane)
        {
            sum = Vector256.MultiplyAddEstimate(Vector256.Load(a + i), Vector256.Load(b + i), sum);
        }

        var result = Vector256.Sum(sum);
        for (; i < count; i++)
        {
            result += a[i] * b[i];
        }

        return result;
    }

    private static void OneRow(float* x, int row, ManagedLinear linear, float* y, int from, int to)
    {
        var input = x + (long)row * linear.Inputs;
        var result = y + (long)row * linear.Outputs;
        var output = from;
        for (; output + 4 <= to; output += 4)
        {
            OneByFour(input, linear, result, output);
        }

        for (; output < to; output++)
        {
            result[output] =
                Dot(input, linear.Weight + (long)output * linear.Inputs, linear.Inputs) + linear.BiasOf(output);
        }
    }

    private static void OneByFour(float* x, ManagedLinear linear, float* y, int output)
    {
        var count = linear.Inputs;
        var w0 = linear.Weight + (long)output * count;
        var w1 = w0 + count;
        var w2 = w1 + count;
        var w3 = w2 + count;
        var (a0, a1, a2, a3) = (
            Vector256<float>.Zero,
            Vector256<float>.Zero,
            Vector256<float>.Zero,
            Vector256<float>.Zero
        );
        var (b0, b1, b2, b3) = (a0, a1, a2, a3);
        var i = 0;
        for (; i <= count - 2 * Lane; i += 2 * Lane)
        {
            var (first, second) = (Vector256.Load(x + i), Vector256.Load(x + i + Lane));
            a0 = Vector256.MultiplyAddEstimate(first, Vector256.Load(w0 + i), a0);
            a1 = Vector256.MultiplyAddEstimate(first, Vector256.Load(w1 + i), a1);
            a2 = Vector256.MultiplyAddEstimate(first, Vector256.Load(w2 + i), a2);
            a3 = Vector256.MultiplyAddEstimate(first, Vector256.Load(w3 + i), a3);
            b0 = Vector256.MultiplyAddEstimate(second, Vector256.Load(w0 + i + Lane), b0);
            b1 = Vector256.MultiplyAddEstimate(second, Vector256.Load(w1 + i + Lane), b1);
            b2 = Vector256.MultiplyAddEstimate(second, Vector256.Load(w2 + i + Lane), b2);
            b3 = Vector256.MultiplyAddEstimate(second, Vector256.Load(w3 + i + Lane), b3);
        }

        var rest = count - i;
        y[output] = Vector256.Sum(a0 + b0) + Dot(x + i, w0 + i, rest) + linear.BiasOf(output);
        y[output + 1] = Vector256.Sum(a1 + b1) + Dot(x + i, w1 + i, rest) + linear.BiasOf(output + 1);
        y[output + 2] = Vector256.Sum(a2 + b2) + Dot(x + i, w2 + i, rest) + linear.BiasOf(output + 2);
        y[output + 3] = Vector256.Sum(a3 + b3) + Dot(x + i, w3 + i, rest) + linear.BiasOf(output + 3);
    }

    private static void FourByThree(float* x, int row, ManagedLinear linear, float* y, int output)
    {
        var count = linear.Inputs;
        var x0 = x + (long)row * count;
        var x1 = x0 + count;
        var x2 = x1 + count;
        var x3 = x2 + count;
        var w0 = linear.Weight + (long)output * count;
        var w1 = w0 + count;
        var w2 = w1 + count;
        Vector256<float> a0 = default,
            a1 = default,
            a2 = default,
            b0 = default,
            b1 = default,
            b2 = default;
        Vector256<float> c0 = default,
            c1 = default,
            c2 = default,
            d0 = default,
            d1 = default,
            d2 = default;
        var i = 0;
        for (; i <= count - Lane; i += Lane)
        {
            var (v0, v1, v2) = (Vector256.Load(w0 + i), Vector256.Load(w1 + i), Vector256.Load(w2 + i));
            var value = Vector256.Load(x0 + i);
            a0 = Vector256.MultiplyAddEstimate(value, v0, a0);
            a1 = Vector256.MultiplyAddEstimate(value, v1, a1);
            a2 = Vector256.MultiplyAddEstimate(value, v2, a2);
            value = Vector256.Load(x1 + i);
            b0 = Vector256.MultiplyAddEstimate(value, v0, b0);
            b1 = Vector256.MultiplyAddEstimate(value, v1, b1);
            b2 = Vector256.MultiplyAddEstimate(value, v2, b2);
            value = Vector256.Load(x2 + i);
            c0 = Vector256.MultiplyAddEstimate(value, v0, c0);
            c1 = Vector256.MultiplyAddEstimate(value, v1, c1);
            c2 = Vector256.MultiplyAddEstimate(value, v2, c2);
            value = Vector256.Load(x3 + i);
            d0 = Vector256.MultiplyAddEstimate(value, v0, d0);
            d1 = Vector256.MultiplyAddEstimate(value, v1, d1);
            d2 = Vector256.MultiplyAddEstimate(value, v2, d2);
        }

        var rest = count - i;
        var width = (long)linear.Outputs;
        var target = y + row * width + output;
        Store(target, linear, output, a0, a1, a2, x0 + i, w0 + i, rest);
        Store(target + width, linear, output, b0, b1, b2, x1 + i, w0 + i, rest);
        Store(target + 2 * width, linear, output, c0, c1, c2, x2 + i, w0 + i, rest);
        Store(target + 3 * width, linear, output, d0, d1, d2, x3 + i, w0 + i, rest);
    }

    private static void Store(
        float* target,
        ManagedLinear linear,
        int output,
        Vector256<float> first,
        Vector256<float> second,
        Vector256<float> third,
        float* x,
        float* w,
        int rest
    )
    {
        target[0] = Vector256.Sum(first) + linear.BiasOf(output);
        target[1] = Vector256.Sum(second) + linear.BiasOf(output + 1);
        target[2] = Vector256.Sum(third) + linear.BiasOf(output + 2);
        for (var i = 0; i < rest; i++)
        {
            target[0] += x[i] * w[i];
            target[1] += x[i] * w[linear.Inputs + i];
            target[2] += x[i] * w[2L * linear.Inputs + i];
        }
    }
}
