namespace Finetune.Engine.Native;

/// <summary>Products of matrices that one thread works on alone: by tiles where the processor has the vectors, else by the
/// library. By processor and shape alone, so that the same rows always round alike.</summary>
internal static class SmallProduct
{
    /// <summary>Whether there is something that multiplies any matrices.</summary>
    public static bool IsThere => Blas.IsThere;

    /// <summary><c>result = scale left right</c>, or that added to it.</summary>
    /// <param name="rows">Of the result.</param>
    /// <param name="columns">Of the result.</param>
    /// <param name="inner">What is summed over.</param>
    /// <param name="scale">Of the product.</param>
    /// <param name="left"><c>[rows, inner]</c>.</param>
    /// <param name="right"><c>[inner, columns]</c>.</param>
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
        if (TileProduct.Takes(columns, right))
        {
            TileProduct.Run(rows, columns, inner, scale, left, right, add, result);
        }
        else
        {
            Blas.Product(rows, columns, inner, scale, left, right, add, result);
        }
    }
}
