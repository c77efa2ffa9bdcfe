using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Finetune.Engine.Models.Managed;

/// <summary>
/// Products of some rows with a weight matrix, <c>y = x W^T + b</c>, in registers: 8 or 4 rows by 3 outputs where there are
/// that many, so that a weight is loaded once for all of them; 1 by 4 where not. What comes next is asked for in time.
/// </summary>
internal static unsafe class RowProducts
{
    private const int Lane = 8;

    // Weights are asked for this much before they are used: 8 KiB, some hundred cycles of work.
    private const int WeightsAhead = 2048;
    private const int RowBlock = 4;
    private const int OutputBlock = EightRowProducts.Outputs;

    /// <summary>Some outputs of all rows.</summary>
    /// <param name="x"><c>[rows, inputs]</c>.</param>
    /// <param name="rows">How many.</param>
    /// <param name="linear">Weight and bias.</param>
    /// <param name="y"><c>[rows, outputs]</c>.</param>
    /// <param name="from">First output.</param>
    /// <param name="to">One past the last.</param>
    public static void Run(float* x, int rows, ManagedLinear linear, float* y, int from, int to)
    {
        var row = EightRowProducts.AreThere ? Blocks(EightRowProducts.Rows, x, 0, rows, linear, y, from, to) : 0;
        row = Blocks(RowBlock, x, row, rows, linear, y, from, to);
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

    // As many blocks of rows as there are. Gives the first row that is left.
    private static int Blocks(int size, float* x, int first, int rows, ManagedLinear linear, float* y, int from, int to)
    {
        var end = rows - (rows - first) % size;
        var output = from;
        for (; first < end && output + OutputBlock <= to; output += OutputBlock)
        {
            for (var row = first; row < end; row += size)
            {
                if (size == EightRowProducts.Rows)
                {
                    EightRowProducts.Run(x, row, linear, y, output);
                }
                else
                {
                    FourByThree(x, row, linear, y, output);
                }
            }
        }

        for (var row = first; row < end; row++)
        {
            OneRow(x, row, linear, y, output, to);
        }

        return end;
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
        var ahead = Distance(4 * count);
        var i = 0;
        for (; i <= count - 2 * Lane; i += 2 * Lane)
        {
            Ahead(w0 + ahead + i);
            Ahead(w1 + ahead + i);
            Ahead(w2 + ahead + i);
            Ahead(w3 + ahead + i);
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

        y[output] = Vector256.Sum(a0 + b0);
        y[output + 1] = Vector256.Sum(a1 + b1);
        y[output + 2] = Vector256.Sum(a2 + b2);
        y[output + 3] = Vector256.Sum(a3 + b3);
        Finish(x, linear, y, output, 4, i);
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
        var ahead = Distance(OutputBlock * count);
        var i = 0;
        for (; i <= count - Lane; i += Lane)
        {
            var (v0, v1, v2) = (Vector256.Load(w0 + i), Vector256.Load(w1 + i), Vector256.Load(w2 + i));
            Ahead(w0 + ahead + i);
            Ahead(w1 + ahead + i);
            Ahead(w2 + ahead + i);
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

        var width = (long)linear.Outputs;
        var target = y + row * width;
        Store(target + output, a0, a1, a2);
        Store(target + width + output, b0, b1, b2);
        Store(target + 2 * width + output, c0, c1, c2);
        Store(target + 3 * width + output, d0, d1, d2);
        Finish(x0, linear, target, output, OutputBlock, i);
        Finish(x1, linear, target + width, output, OutputBlock, i);
        Finish(x2, linear, target + 2 * width, output, OutputBlock, i);
        Finish(x3, linear, target + 3 * width, output, OutputBlock, i);
    }

    /// <summary>Adds to some outputs of a row what the inputs bring that filled no vector, and the bias. Sums are stored
    /// before: a call while they are in registers would have each put into memory at every turn of the loop.</summary>
    /// <param name="x"><c>[inputs]</c>.</param>
    /// <param name="linear">Weight and bias.</param>
    /// <param name="y"><c>[outputs]</c>.</param>
    /// <param name="output">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="done">Inputs that are in.</param>
    public static void Finish(float* x, ManagedLinear linear, float* y, int output, int count, int done)
    {
        for (var end = output + count; output < end; output++)
        {
            y[output] += linear.BiasOf(output);
            if (done < linear.Inputs)
            {
                y[output] += Dot(x + done, linear.Weight + (long)output * linear.Inputs + done, linear.Inputs - done);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, Vector256<float> first, Vector256<float> second, Vector256<float> third)
    {
        y[0] = Vector256.Sum(first);
        y[1] = Vector256.Sum(second);
        y[2] = Vector256.Sum(third);
    }

    /// <summary>Has weights brought near that are wanted soon: between rows of a matrix the processor does not foresee it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(float* weight)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(weight);
        }
    }

    /// <summary>How far before: whole blocks, since the rows of one lie side by side.</summary>
    /// <param name="block">Weights of a block.</param>
    public static int Distance(int block) => (WeightsAhead + block - 1) / block * block;
}
