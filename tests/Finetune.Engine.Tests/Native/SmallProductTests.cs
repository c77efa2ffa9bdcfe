using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Native;

/// <summary>Products of small matrices, by both ways there are, against float64.</summary>
[Collection("alone")]
public sealed unsafe class SmallProductTests
{
    // Rows below, at and between tiles; one vector of columns, two, and three; few and many terms.
    public static TheoryData<int, int, int, bool, bool> Shapes =>
        new()
        {
            { 1, 16, 1, false, false },
            { 7, 16, 3, false, true },
            { 8, 32, 64, true, false },
            { 21, 48, 37, false, false },
            { 21, 48, 37, true, true },
            { 96, 208, 64, false, true },
            // No whole vectors: the library's.
            { 21, 20, 37, true, true },
        };

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_its_formula(int rows, int columns, int inner, bool turned, bool add)
    {
        Skip.IfNot(SmallProduct.IsThere, "this build of libtorch does not show its products");
        using var scope = NewDisposeScope();
        using (manual_seed(5)) { }

        // Between two rows lies what must be neither read nor written.
        const int Gap = 3;
        var left = turned ? randn(inner, rows + Gap) : randn(rows, inner + Gap);
        var right = randn(inner, columns + Gap);
        var result = randn(rows, columns + Gap);
        var factor = turned ? left.narrow(1, 0, rows).t() : left.narrow(1, 0, inner);
        var product = factor.to(ScalarType.Float64).mm(right.narrow(1, 0, columns).to(ScalarType.Float64)) * 0.5;
        var wanted = result.to(ScalarType.Float64).clone();
        var part = wanted.narrow(1, 0, columns);
        part.copy_(add ? part + product : product);

        SmallProduct.Run(rows, columns, inner, 0.5f, turned ? In(left).T : In(left), In(right), add, In(result));

        var far = (wanted - result.to(ScalarType.Float64)).abs().max().item<double>();
        Assert.InRange(far, 0, 2e-5);
    }

    private static FloatMatrix In(Tensor matrix) => new((float*)TensorMemory.Of(matrix), (nint)matrix.stride(0));
}
