using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Adds straight into a parameter's gradient: for the largest matrices, a gradient of their own for each stretch of
/// tokens, to be added up afterwards, would be the largest thing in memory.
/// </summary>
internal static class WeightGradient
{
    /// <summary><c>gradient^T x</c>, for <c>y = x W^T</c>; or <c>x^T gradient</c>, for <c>y = x W</c>.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c>.</param>
    /// <param name="gradient">Of the product, <c>[n, outputs]</c>.</param>
    /// <param name="x"><c>[n, inputs]</c>.</param>
    public static void AddProduct(Tensor weight, Tensor gradient, Tensor x)
    {
        using var scope = NewDisposeScope();
        if (weight.grad is { } sum)
        {
            MatrixProduct.Add(sum, gradient.t(), x);
        }
        else
        {
            weight.grad = MatrixProduct.Of(gradient.t(), x);
        }
    }

    /// <summary>Rows of a table that were looked up.</summary>
    /// <param name="table"><c>[count, width]</c>.</param>
    /// <param name="ids"><c>[n]</c> int64.</param>
    /// <param name="gradient"><c>[n, width]</c>.</param>
    public static void AddRows(Tensor table, Tensor ids, Tensor gradient)
    {
        using var scope = NewDisposeScope();
        if (table.grad is null)
        {
            table.grad = zeros_like(table);
        }

        table.grad!.index_add_(0, ids, gradient, Scalars.One);
    }
}
