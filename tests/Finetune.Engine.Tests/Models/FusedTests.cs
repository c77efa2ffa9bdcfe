using Finetune.Engine.Models.Parts;
using Finetune.Engine.Models.Parts.Fused;
using Finetune.Engine.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Tests.Models;

/// <summary>Fused kernels against the formula they stand for, written with plain operators: results and gradients.</summary>
[Collection("alone")]
public sealed class FusedTests
{
    /// <summary>The same numbers in every run.</summary>
    public FusedTests()
    {
        using (manual_seed(17)) { }
    }

    // Below a vector, between vectors, above; rows enough for several threads.
    public static TheoryData<int, int, bool> Sizes =>
        new()
        {
            { 1, 1, false },
            { 3, 5, false },
            { 7, 16, false },
            { 70, 43, false },
            { 200, 576, false },
            { 3, 5, true },
            { 70, 43, true },
            { 200, 576, true },
        };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Norm_is_its_formula(int rows, int width, bool bf16)
    {
        foreach (var fromOne in new[] { false, true })
        {
            Compare(
                bf16,
                at => new FusedRmsNorm(1e-5, fromOne).Run(at[0], at[1]),
                at =>
                {
                    var normed = at[0] * (at[0].square().mean([-1], keepdim: true) + 1e-5).rsqrt();
                    return normed * (fromOne ? at[1] + 1 : at[1]);
                },
                rand(rows, width) - 0.3,
                rand(width) + 0.5
            );
        }
    }

    [Fact]
    public void Norm_of_heads_has_a_weight_a_head() =>
        Compare(
            false,
            at => new FusedRmsNorm(1e-6, false).Run(at[0], at[1]),
            at => at[0] * (at[0].square().mean([-1], keepdim: true) + 1e-6).rsqrt() * at[1],
            rand(150, 3, 20) - 0.3,
            rand(3, 20)
        );

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Gate_is_its_formula(int rows, int width, bool bf16)
    {
        foreach (var activation in new[] { Activation.Silu, Activation.GeluTanh })
        {
            Compare(
                bf16,
                at => new FusedGate(activation).Run(at[0], at[1]),
                at => activation.Apply(at[0]) * at[1],
                8 * randn(rows, width),
                randn(rows, width)
            );

            // The halves of one projection: rows lie apart.
            Compare(
                bf16,
                at => new FusedGate(activation).Run(at[0].narrow(1, 0, width), at[0].narrow(1, width, width)),
                at => activation.Apply(at[0].narrow(1, 0, width)) * at[0].narrow(1, width, width),
                randn(rows, 2 * width)
            );
        }
    }

    [Theory]
    [InlineData(5, 2, 8, 8, false)]
    [InlineData(90, 9, 64, 64, false)]
    [InlineData(11, 3, 20, 12, false)]
    [InlineData(90, 9, 64, 64, true)]
    public void Rotation_is_its_formula(int tokens, int heads, int size, int dimensions, bool bf16)
    {
        var angles = rand(tokens, 1, dimensions / 2) * 6;
        var twice = cat([angles, angles], -1);
        var type = bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        var (cos, sin) = (twice.cos().to(type), twice.sin().to(type));
        Compare(
            bf16,
            at => new FusedRotation(dimensions).Run(at[0], cos, sin),
            at =>
            {
                var x = at[0].narrow(-1, 0, dimensions);
                var (a, b) = (x.narrow(-1, 0, dimensions / 2), x.narrow(-1, dimensions / 2, dimensions / 2));
                var turned = x * cos.to(x.dtype) + cat([-b, a], -1) * sin.to(x.dtype);
                return cat([turned, at[0].narrow(-1, dimensions, size - dimensions)], -1);
            },
            randn(tokens, heads, size)
        );
    }

    [Theory]
    [InlineData(16, 4, 4, 1, false)]
    [InlineData(16, 6, 2, 1, false)]
    [InlineData(16, 6, 2, 0.5, false)]
    [InlineData(16, 6, 1, 1, true)]
    [InlineData(8, 4, 4, 1, false)]
    [InlineData(8, 6, 2, 0.5, false)]
    [InlineData(8, 6, 1, 1, true)]
    [InlineData(5, 6, 2, 1, false)]
    [InlineData(3, 2, 1, 2, true)]
    [InlineData(64, 9, 3, 1, false)]
    public void Attention_is_its_formula(int size, int heads, int groups, double factor, bool bf16) =>
        Attend(
            buckets => new FusedAttention(buckets, factor),
            [(3, 5), (1, 33), (1, 1)],
            heads,
            groups,
            size,
            factor,
            bf16
        );

    /// <summary>Blocks of queries that begin within a document, documents in any order.</summary>
    [Theory]
    [InlineData(32, 6, 2, 1, false)]
    [InlineData(20, 3, 3, 0.5, false)]
    [InlineData(16, 4, 1, 1, true)]
    public void Attention_of_long_documents_is_its_formula(int size, int heads, int groups, double factor, bool bf16) =>
        Attend(
            buckets => new FusedAttention(buckets, factor),
            [(2, 97), (1, 192), (1, 300), (3, 20)],
            heads,
            groups,
            size,
            factor,
            bf16
        );

    /// <summary>What other builds of libtorch use.</summary>
    [Theory]
    [InlineData(16, 4, 4, 1, false)]
    [InlineData(16, 6, 2, 0.5, false)]
    [InlineData(16, 6, 1, 1, true)]
    public void Attention_by_the_library_is_its_formula(int size, int heads, int groups, double factor, bool bf16) =>
        Attend(
            buckets => new FlashBuckets(buckets, factor),
            [(3, 5), (1, 33), (1, 1)],
            heads,
            groups,
            size,
            factor,
            bf16
        );

    private static void Attend(
        Func<IReadOnlyList<DocumentLayout.Bucket>, Operation> operation,
        (int Count, int Length)[] documents,
        int heads,
        int groups,
        int size,
        double factor,
        bool bf16
    )
    {
        var tokens = 0;
        var buckets = new List<DocumentLayout.Bucket>();
        foreach (var (count, length) in documents)
        {
            buckets.Add(new DocumentLayout.Bucket(tokens, count, length));
            tokens += count * length;
        }

        Compare(
            bf16,
            at => operation(buckets).Run(at[0], at[1], at[2]),
            at =>
            {
                var results = new List<Tensor>();
                foreach (var (start, count, length) in buckets)
                {
                    for (var d = 0; d < count; d++)
                    {
                        Tensor Of(Tensor x) =>
                            x.narrow(0, start + d * length, length)
                                .transpose(0, 1)
                                .repeat_interleave(heads / x.shape[1], 0);
                        var scores = Of(at[0]).matmul(Of(at[1]).transpose(1, 2)) * (factor / Math.Sqrt(size));
                        var seen = ones(length, length).tril().to(ScalarType.Bool);
                        var shares = scores.masked_fill(seen.logical_not(), double.NegativeInfinity).softmax(-1);
                        results.Add(shares.matmul(Of(at[2])).transpose(0, 1).reshape(length, heads * size));
                    }
                }

                return cat(results);
            },
            randn(tokens, heads, size),
            randn(tokens, groups, size),
            randn(tokens, groups, size)
        );
    }

    /// <summary>Large enough for products that ATen would give to another library, and not.</summary>
    [Theory]
    [InlineData(130, 96, 200, false, true)]
    [InlineData(130, 200, 96, true, true)]
    [InlineData(130, 200, 96, true, false)]
    [InlineData(5, 16, 24, false, true)]
    public void Linear_layer_is_its_formula(int rows, int inner, int outputs, bool transposed, bool bias)
    {
        Tensor Plain(Tensor[] at)
        {
            var product = at[0].mm(transposed ? at[1] : at[1].t());
            return bias ? product + at[2] : product;
        }

        Tensor[] inputs =
        [
            randn(rows, inner),
            transposed ? randn(inner, outputs) : randn(outputs, inner),
            .. bias ? new[] { randn(outputs) } : [],
        ];
        Compare(false, at => new LinearProduct(Operand.Of(at[0]), transposed).Run(at), Plain, inputs);
    }

    [Fact]
    public void Gradients_of_a_linear_layer_are_added_up()
    {
        using var scope = NewDisposeScope();
        var (x, weight) = (randn(130, 100), new Parameter(randn(120, 100)));
        for (var pass = 0; pass < 2; pass++)
        {
            new LinearProduct(Operand.Of(x), false).Run(x, weight).sum().backward();
        }

        var once = ones(130, 120, ScalarType.Float64).t().mm(x.to(ScalarType.Float64));
        Near(once * 2, weight.grad!, 2e-6);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Loss_is_its_formula(int rows, int vocabulary, bool bf16)
    {
        using var scope = NewDisposeScope();
        using (manual_seed(3)) { }

        var targets = randint(vocabulary, rows);
        var wide = (6 * randn(rows, vocabulary)).to(bf16 ? ScalarType.BFloat16 : ScalarType.Float32);
        var exact = wide.to(ScalarType.Float64).requires_grad_();
        var loss = nn.functional.cross_entropy(exact, targets, reduction: nn.Reduction.Sum);
        (loss * 0.25).backward();
        var found = FusedCrossEntropy.Overwrite(wide, targets, 0.25);
        Assert.Equal(loss.item<double>(), found, 1e-5 * Math.Max(1, Math.Abs(found)));
        Near(exact.grad!, wide, bf16 ? 4e-3 : 1e-6);
    }

    [Fact]
    public void Looked_up_rows_get_their_gradient_but_for_padding() =>
        Compare(
            false,
            at => new TokenLookup(2).Run(at[0], tensor(new long[] { 1, 2, 1, 0 })),
            at => at[0].index_select(0, tensor(new long[] { 1, 0, 1, 0 })) * tensor(new[] { 1, 0, 1, 1 }).unsqueeze(1),
            forwardToo: false,
            randn(4, 6)
        );

    [Fact]
    public void The_heads_gradient_is_a_sum_over_calls() =>
        Compare(
            false,
            at => cat([new HeadProduct().Run(at[0], at[1]), new HeadProduct().Run(at[0] * 2, at[1])]),
            at => cat([at[0].matmul(at[1].t()), at[0].matmul(at[1].t()) * 2]),
            randn(4, 6),
            randn(9, 6)
        );

    private static void Compare(
        bool bf16,
        Func<Tensor[], Tensor> fused,
        Func<Tensor[], Tensor> plain,
        params Tensor[] inputs
    ) => Compare(bf16, fused, plain, true, inputs);

    // The formula in float64 on the numbers that the kernel sees.
    private static void Compare(
        bool bf16,
        Func<Tensor[], Tensor> fused,
        Func<Tensor[], Tensor> plain,
        bool forwardToo,
        params Tensor[] inputs
    )
    {
        using var scope = NewDisposeScope();
        Parameter[] given = [.. inputs.Select(x => new Parameter(bf16 ? x.to(ScalarType.BFloat16) : x))];
        Parameter[] exact = [.. given.Select(x => new Parameter(x.detach().to(ScalarType.Float64)))];
        var (found, wanted) = (fused(given), plain(exact));
        var slack = bf16 ? 2e-2 : 2e-6;
        if (forwardToo)
        {
            Near(wanted, found, slack);
        }

        var weights = randn(wanted.shape);
        (found * weights.to(found.dtype)).sum().backward();
        (wanted * weights.to(found.dtype).to(ScalarType.Float64)).sum().backward();
        foreach (var (one, other) in exact.Zip(given))
        {
            Near(one.grad!, other.grad!, slack);
        }
    }

    private static void Near(Tensor wanted, Tensor found, double slack)
    {
        var far = (wanted - found.to(ScalarType.Float64)).abs().max().item<double>();
        Assert.InRange(far, 0, slack * Math.Max(1, wanted.abs().max().item<double>()));
    }
}
