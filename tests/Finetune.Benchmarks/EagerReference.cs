using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Benchmarks;

/// <summary>
/// A plain padded training step, as a Transformers loop makes it: every row padded to the longest and masked, logits of
/// all positions, labels moved by one instead of logits, <c>optim.AdamW</c>. What a step of the engine is compared with.
/// </summary>
internal sealed class EagerReference : IDisposable
{
    /// <summary>The id of padding; no row of the benchmark's has it.</summary>
    public const long Padding = -1;

    private readonly SpeedShape _shape;
    private readonly List<Parameter> _all = [];
    private readonly Tensor _embedding;
    private readonly Tensor _head;
    private readonly Tensor _lastNorm;
    private readonly Tensor[][] _layers;
    private readonly optim.Optimizer _optimizer;

    public EagerReference(SpeedShape shape)
    {
        _shape = shape;
        var kv = shape.KeyValueHeads * shape.HeadSize;
        _embedding = Weight(shape.Vocabulary, shape.Hidden);
        _head = shape.Tied ? _embedding : Weight(shape.Vocabulary, shape.Hidden);
        _lastNorm = Weight(shape.Hidden);
        _layers =
        [
            .. Enumerable
                .Range(0, shape.Layers)
                .Select(_ =>
                    new[]
                    {
                        Weight(shape.Hidden),
                        Weight(shape.Hidden, shape.Hidden),
                        Weight(kv, shape.Hidden),
                        Weight(kv, shape.Hidden),
                        Weight(shape.Hidden, shape.Hidden),
                        Weight(shape.Hidden),
                        Weight(shape.Intermediate, shape.Hidden),
                        Weight(shape.Intermediate, shape.Hidden),
                        Weight(shape.Hidden, shape.Intermediate),
                    }
                ),
        ];
        _optimizer = optim.AdamW(_all, 1e-4);
    }

    /// <summary>One step on right-padded rows.</summary>
    /// <param name="ids"><c>[rows, longest]</c>.</param>
    /// <param name="labels">The same shape, -100 where no loss falls.</param>
    public void Step(long[,] ids, long[,] labels)
    {
        using var scope = NewDisposeScope();
        var input = tensor(ids);
        var (rows, length) = (input.shape[0], input.shape[1]);
        var angles =
            arange(length, ScalarType.Float32).unsqueeze(1)
            * pow(10000.0, -arange(0, _shape.HeadSize, 2, ScalarType.Float32) / _shape.HeadSize).unsqueeze(0);
        var cos = cat([angles, angles], 1).cos();
        var sin = cat([angles, angles], 1).sin();
        var visible = Visible(labels.GetLength(1), ids);
        var x = _embedding.index_select(0, input.clamp_min(0).reshape(-1)).view(rows, length, _shape.Hidden);
        foreach (var w in _layers)
        {
            var normed = Norm(x, w[0]);
            var query = Rotate(Heads(nn.functional.linear(normed, w[1])), cos, sin);
            var key = Rotate(Heads(nn.functional.linear(normed, w[2])), cos, sin);
            var value = Heads(nn.functional.linear(normed, w[3]));
            var group = _shape.Heads / _shape.KeyValueHeads;
            var mixed = nn.functional.scaled_dot_product_attention(
                query,
                key.repeat_interleave(group, 1),
                value.repeat_interleave(group, 1),
                visible
            );
            x = x + nn.functional.linear(mixed.transpose(1, 2).reshape(rows, length, -1), w[4]);
            var second = Norm(x, w[5]);
            x =
                x
                + nn.functional.linear(
                    nn.functional.silu(nn.functional.linear(second, w[6])) * nn.functional.linear(second, w[7]),
                    w[8]
                );
        }

        var logits = nn.functional.linear(Norm(x, _lastNorm), _head);
        var next = cat([tensor(labels).narrow(1, 1, length - 1), full(rows, 1, -100L)], 1);
        var loss = nn.functional.cross_entropy(
            logits.view(-1, _shape.Vocabulary),
            next.reshape(-1),
            ignore_index: -100
        );
        _optimizer.zero_grad();
        loss.backward();
        nn.utils.clip_grad_norm_(_all, 1.0);
        _optimizer.step();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var weight in _all)
        {
            weight.grad = null;
            weight.Dispose();
        }
    }

    // Who sees whom: earlier tokens that are no padding, as the mask of a padded batch says.
    private static Tensor Visible(int length, long[,] ids)
    {
        var real = tensor(ids).ne(Padding);
        return ones(length, length, ScalarType.Bool).tril().view(1, 1, length, length)
            & real.view(real.shape[0], 1, 1, length);
    }

    private Parameter Weight(params long[] shape)
    {
        var values = shape.Length == 1 ? ones(shape) : randn(shape).mul_(0.02);
        var weight = new Parameter(values.DetachFromDisposeScope());
        _all.Add(weight);
        return weight;
    }

    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, _shape.HeadSize).transpose(1, 2);

    private static Tensor Norm(Tensor x, Tensor weight) =>
        weight * (x * (x.square().mean([-1], keepdim: true) + 1e-6).rsqrt());

    private Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        var half = _shape.HeadSize / 2;
        return x * cos + cat([-x.narrow(-1, half, half), x.narrow(-1, 0, half)], -1) * sin;
    }
}
