using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Finetune.Engine.Models.Managed;

/// <summary>
/// Products of eight rows with three outputs of a weight matrix, by vectors of 512 bits: 24 sums stay in registers, and a
/// weight is loaded once for the eight.
/// </summary>
internal static unsafe class EightRowProducts
{
    /// <summary>Rows of a block.</summary>
    public const int Rows = 8;

    /// <summary>Outputs of a block.</summary>
    public const int Outputs = 3;

    private const int Lane = 16;

    /// <summary>Whether the processor has such vectors and .NET thinks them worth using.</summary>
    public static bool AreThere => Vector512.IsHardwareAccelerated && Sse3.IsSupported;

    /// <summary>Makes them.</summary>
    /// <param name="x"><c>[rows, inputs]</c>.</param>
    /// <param name="row">The first of eight.</param>
    /// <param name="linear">Weight and bias.</param>
    /// <param name="y"><c>[rows, outputs]</c>.</param>
    /// <param name="output">The first of three.</param>
    public static void Run(float* x, int row, ManagedLinear linear, float* y, int output)
    {
        var count = linear.Inputs;
        var weight = linear.Weight + (long)output * count;
        float* w0 = weight,
            w1 = w0 + count,
            w2 = w1 + count;
        float* x0 = x + (long)row * count,
            x1 = x0 + count,
            x2 = x1 + count,
            x3 = x2 + count,
            x4 = x3 + count,
            x5 = x4 + count,
            x6 = x5 + count,
            x7 = x6 + count;
        Vector512<float> a0 = default,
            b0 = default,
            c0 = default,
            a1 = default,
            b1 = default,
            c1 = default,
            a2 = default,
            b2 = default,
            c2 = default,
            a3 = default,
            b3 = default,
            c3 = default;
        Vector512<float> a4 = default,
            b4 = default,
            c4 = default,
            a5 = default,
            b5 = default,
            c5 = default,
            a6 = default,
            b6 = default,
            c6 = default,
            a7 = default,
            b7 = default,
            c7 = default;
        var ahead = RowProducts.Distance(Outputs * count);
        var i = 0;
        for (; i <= count - Lane; i += Lane)
        {
            var (first, second, third) = (Vector512.Load(w0 + i), Vector512.Load(w1 + i), Vector512.Load(w2 + i));
            RowProducts.Ahead(w0 + ahead + i);
            RowProducts.Ahead(w1 + ahead + i);
            RowProducts.Ahead(w2 + ahead + i);
            var value = Vector512.Load(x0 + i);
            a0 = Vector512.FusedMultiplyAdd(value, first, a0);
            b0 = Vector512.FusedMultiplyAdd(value, second, b0);
            c0 = Vector512.FusedMultiplyAdd(value, third, c0);
            value = Vector512.Load(x1 + i);
            a1 = Vector512.FusedMultiplyAdd(value, first, a1);
            b1 = Vector512.FusedMultiplyAdd(value, second, b1);
            c1 = Vector512.FusedMultiplyAdd(value, third, c1);
            value = Vector512.Load(x2 + i);
            a2 = Vector512.FusedMultiplyAdd(value, first, a2);
            b2 = Vector512.FusedMultiplyAdd(value, second, b2);
            c2 = Vector512.FusedMultiplyAdd(value, third, c2);
            value = Vector512.Load(x3 + i);
            a3 = Vector512.FusedMultiplyAdd(value, first, a3);
            b3 = Vector512.FusedMultiplyAdd(value, second, b3);
            c3 = Vector512.FusedMultiplyAdd(value, third, c3);
            value = Vector512.Load(x4 + i);
            a4 = Vector512.FusedMultiplyAdd(value, first, a4);
            b4 = Vector512.FusedMultiplyAdd(value, second, b4);
            c4 = Vector512.FusedMultiplyAdd(value, third, c4);
            value = Vector512.Load(x5 + i);
            a5 = Vector512.FusedMultiplyAdd(value, first, a5);
            b5 = Vector512.FusedMultiplyAdd(value, second, b5);
            c5 = Vector512.FusedMultiplyAdd(value, third, c5);
            value = Vector512.Load(x6 + i);
            a6 = Vector512.FusedMultiplyAdd(value, first, a6);
            b6 = Vector512.FusedMultiplyAdd(value, second, b6);
            c6 = Vector512.FusedMultiplyAdd(value, third, c6);
            value = Vector512.Load(x7 + i);
            a7 = Vector512.FusedMultiplyAdd(value, first, a7);
            b7 = Vector512.FusedMultiplyAdd(value, second, b7);
            c7 = Vector512.FusedMultiplyAdd(value, third, c7);
        }

        var width = (long)linear.Outputs;
        var target = y + row * width;
        y = target + output;
        Store(y, width, a0, a1, a2, a3);
        Store(y + 1, width, b0, b1, b2, b3);
        Store(y + 2, width, c0, c1, c2, c3);
        Store(y + 4 * width, width, a4, a5, a6, a7);
        Store(y + 4 * width + 1, width, b4, b5, b6, b7);
        Store(y + 4 * width + 2, width, c4, c5, c6, c7);
        for (var r = 0; r < Rows; r++)
        {
            RowProducts.Finish(x0 + (long)r * count, linear, target + r * width, output, Outputs, i);
        }
    }

    // One output of four rows: the sixteen parts of each sum, four sums at a time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        float* y,
        long width,
        Vector512<float> first,
        Vector512<float> second,
        Vector512<float> third,
        Vector512<float> fourth
    )
    {
        var sums = Sse3.HorizontalAdd(
            Sse3.HorizontalAdd(Quarter(first), Quarter(second)),
            Sse3.HorizontalAdd(Quarter(third), Quarter(fourth))
        );
        y[0] = sums[0];
        y[width] = sums[1];
        y[2 * width] = sums[2];
        y[3 * width] = sums[3];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarter(Vector512<float> sum)
    {
        var half = sum.GetLower() + sum.GetUpper();
        return half.GetLower() + half.GetUpper();
    }
}
