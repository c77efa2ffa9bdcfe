using unsafe SgemmFunction = delegate* unmanaged<
    byte*,
    byte*,
    int*,
    int*,
    int*,
    float*,
    float*,
    int*,
    float*,
    int*,
    float*,
    float*,
    int*,
    void>;

namespace Finetune.Engine.Native;

/// <summary>
/// Matrix products of float32 on plain memory, by the library that libtorch was built with. Within a <see cref="Team"/> each
/// call runs on its own thread.
/// </summary>
internal static unsafe class Blas
{
    private const byte Turned = (byte)'T';
    private const byte AsStored = (byte)'N';

    private static readonly SgemmFunction Sgemm = (SgemmFunction)TorchExports.Find("sgemm_");

    /// <summary>Whether libtorch shows its products; where it does not, there is nothing here to call.</summary>
    public static bool IsThere => Sgemm is not null;

    /// <summary><c>result = scale left right</c>, or that added to it.</summary>
    /// <param name="rows">Of the result.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="inner">What is summed over.</param>
    /// <param name="scale">Of the product.</param>
    /// <param name="left"><c>[rows, inner]</c>.</param>
    /// <param name="right"><c>[inner, columns]</c>.</param>
    /// <param name="add">Whether what stands in the result is kept.</param>
    /// <param name="result"><c>[rows, columns]</c>, columns side by side.</param>
    public static void Product(
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
        // The library thinks in columns: the transposed result is the product of the transposed factors in turn.
        var (first, a) = Stored(right);
        var (second, b) = Stored(left);
        var (kept, c) = (add ? 1f : 0f, (int)result.Row);
        Sgemm(&first, &second, &columns, &rows, &inner, &scale, right.At, &a, left.At, &b, &kept, result.At, &c);
    }

    private static (byte Form, int Stride) Stored(FloatMatrix matrix) =>
        matrix.Column == 1 ? (AsStored, (int)matrix.Row) : (Turned, (int)matrix.Column);
}
