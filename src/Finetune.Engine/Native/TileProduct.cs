using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Finetune.Engine.Native;

/// <summary>
/// Products of small float32 matrices on one thread, by vectors of 512 bits: a tile of the result stays in registers while its
/// sums are made (Goto and van de Geijn 2008). Nothing is copied beforehand, which for matrices of a few hundred rows costs a
/// library as much as the product.
/// </summary>
internal static unsafe class TileProduct
{
    /// <summary>Values of a vector: columns come in multiples of it.</summary>
    public const int Lanes = 16;

    private const int TileRows = 8;

    /// <summary>Whether the processor has such vectors and .NET thinks them worth using.</summary>
    public static bool IsThere => Vector512.IsHardwareAccelerated;

    /// <summary>Whether it multiplies by a matrix.</summary>
    /// <param name="columns">The matrix's.</param>
    /// <param name="right">It.</param>
    public static bool Takes(int columns, FloatMatrix right) => IsThere && columns % Lanes == 0 && right.Column == 1;

    /// <summary><c>result = scale left right</c>, or that added to it.</summary>
    /// <param name="rows">Of the result.</param>
    /// <param name="columns">Of the result, a multiple of <see cref="Lanes"/>.</param>
    /// <param name="inner">What is summed over.</param>
    /// <param name="scale">Of the product.</param>
    /// <param name="left"><c>[rows, inner]</c>, of any strides.</param>
    /// <param name="right"><c>[inner, columns]</c>, columns side by side.</param>
    /// <param name="add">Whether what stands in the result is kept.</param>
    /// <param name="result"><c>[rows, columns]</c>, columns side by side.</param>
    public static void Run(
        int rows,
        int columns,
        int inner,
        float scale,
        FloatMatrix left,
        FloatMatrix right,
        bool add,
        FloatMatrix result
    )
    {
        var tiledRows = rows / TileRows * TileRows;
        var tiledColumns = columns / (2 * Lanes) * (2 * Lanes);
        for (var column = 0; column < tiledColumns; column += 2 * Lanes)
        {
            for (var row = 0; row < tiledRows; row += TileRows)
            {
                Eight(
                    inner,
                    scale,
                    left.At + row * left.Row,
                    left,
                    right.At + column,
                    right.Row,
                    add,
                    result.At + row * result.Row + column,
                    result.Row
                );
            }
        }

        // What is left below the tiles, and beside them.
        Single(tiledRows, 0, tiledColumns);
        Single(0, tiledColumns, columns);

        void Single(int top, int first, int last)
        {
            for (var column = first; column < last; column += Lanes)
            {
                for (var row = top; row < rows; row++)
                {
                    One(
                        inner,
                        scale,
                        left.At + row * left.Row,
                        left.Column,
                        right.At + column,
                        right.Row,
                        add,
                        result.At + row * result.Row + column
                    );
                }
            }
        }
    }

    // Eight rows, two vectors wide: sixteen sums, which leaves registers for what goes into them.
    private static void Eight(
        int inner,
        float scale,
        float* upper,
        FloatMatrix left,
        float* right,
        nint next,
        bool add,
        float* result,
        nint stride
    )
    {
        var (row, column) = (left.Row, left.Column);
        var lower = upper + 4 * row;
        Vector512<float> a0 = default,
            b0 = default,
            a1 = default,
            b1 = default,
            a2 = default,
            b2 = default,
            a3 = default,
            b3 = default;
        Vector512<float> a4 = default,
            b4 = default,
            a5 = default,
            b5 = default,
            a6 = default,
            b6 = default,
            a7 = default,
            b7 = default;
        for (var k = 0; k < inner; k++)
        {
            var first = Vector512.Load(right);
            var second = Vector512.Load(right + Lanes);
            var v = Vector512.Create(upper[0]);
            a0 = Vector512.FusedMultiplyAdd(v, first, a0);
            b0 = Vector512.FusedMultiplyAdd(v, second, b0);
            v = Vector512.Create(upper[row]);
            a1 = Vector512.FusedMultiplyAdd(v, first, a1);
            b1 = Vector512.FusedMultiplyAdd(v, second, b1);
            v = Vector512.Create(upper[2 * row]);
            a2 = Vector512.FusedMultiplyAdd(v, first, a2);
            b2 = Vector512.FusedMultiplyAdd(v, second, b2);
            v = Vector512.Create(upper[3 * row]);
            a3 = Vector512.FusedMultiplyAdd(v, first, a3);
            b3 = Vector512.FusedMultiplyAdd(v, second, b3);
            v = Vector512.Create(lower[0]);
            a4 = Vector512.FusedMultiplyAdd(v, first, a4);
            b4 = Vector512.FusedMultiplyAdd(v, second, b4);
            v = Vector512.Create(lower[row]);
            a5 = Vector512.FusedMultiplyAdd(v, first, a5);
            b5 = Vector512.FusedMultiplyAdd(v, second, b5);
            v = Vector512.Create(lower[2 * row]);
            a6 = Vector512.FusedMultiplyAdd(v, first, a6);
            b6 = Vector512.FusedMultiplyAdd(v, second, b6);
            v = Vector512.Create(lower[3 * row]);
            a7 = Vector512.FusedMultiplyAdd(v, first, a7);
            b7 = Vector512.FusedMultiplyAdd(v, second, b7);
            upper += column;
            lower += column;
            right += next;
        }

        Store(a0, b0, scale, add, result);
        Store(a1, b1, scale, add, result + stride);
        Store(a2, b2, scale, add, result + 2 * stride);
        Store(a3, b3, scale, add, result + 3 * stride);
        Store(a4, b4, scale, add, result + 4 * stride);
        Store(a5, b5, scale, add, result + 5 * stride);
        Store(a6, b6, scale, add, result + 6 * stride);
        Store(a7, b7, scale, add, result + 7 * stride);
    }

    // Four sums that do not wait for each other.
    private static void One(
        int inner,
        float scale,
        float* left,
        nint column,
        float* right,
        nint next,
        bool add,
        float* result
    )
    {
        Vector512<float> a = default,
            b = default,
            c = default,
            d = default;
        var k = 0;
        for (; k <= inner - 4; k += 4)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.Create(left[0]), Vector512.Load(right), a);
            b = Vector512.FusedMultiplyAdd(Vector512.Create(left[column]), Vector512.Load(right + next), b);
            c = Vector512.FusedMultiplyAdd(Vector512.Create(left[2 * column]), Vector512.Load(right + 2 * next), c);
            d = Vector512.FusedMultiplyAdd(Vector512.Create(left[3 * column]), Vector512.Load(right + 3 * next), d);
            left += 4 * column;
            right += 4 * next;
        }

        for (; k < inner; k++)
        {
            a = Vector512.FusedMultiplyAdd(Vector512.Create(left[0]), Vector512.Load(right), a);
            left += column;
            right += next;
        }

        Store(a + b + (c + d), scale, add, result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> first, Vector512<float> second, float scale, bool add, float* result)
    {
        Store(first, scale, add, result);
        Store(second, scale, add, result + Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> sums, float scale, bool add, float* result)
    {
        var scaled = sums * scale;
        (add ? scaled + Vector512.Load(result) : scaled).Store(result);
    }
}
