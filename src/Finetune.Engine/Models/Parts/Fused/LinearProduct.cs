using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// <c>x W^T + b</c> by <see cref="MatrixProduct"/>, with its gradient; the weight's goes straight into its sum, see
/// <see cref="WeightGradient"/>. What a gradient does not need is not kept.
/// </summary>
/// <param name="x"><c>[n, inputs]</c>.</param>
/// <param name="transposed">Whether the weight is <c>[inputs, outputs]</c>.</param>
internal sealed class LinearProduct(Operand x, bool transposed) : Operation
{
    /// <summary>Of a weight narrower than this, what an operation costs is more than it saves.</summary>
    public const int Narrow = 192;

    private Tensor? _weight;
    private Tensor? _learning;
    private bool _hasBias;
    private bool _biasLearns;

    /// <summary>Whether a product's gradient is made here.</summary>
    /// <param name="x"><c>[n, inputs]</c>.</param>
    /// <param name="weight">The weight.</param>
    public static bool Takes(Tensor x, Tensor weight) =>
        is_grad_enabled()
        && (x.requires_grad || weight.requires_grad)
        && Operation.Takes(x)
        && x.dtype == weight.dtype
        && (weight.shape.Max() >= Narrow || MatrixProduct.IsOwn(x, weight));

    /// <summary>Inputs: the operand's values, the weight, and a bias <c>[outputs]</c> or none.</summary>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        var weight = inputs[1];
        (_hasBias, _biasLearns) = (inputs.Count > 2, inputs.Count > 2 && inputs[2].requires_grad);
        _weight = inputs[0].requires_grad ? Keep(weight) : null;
        if (weight.requires_grad)
        {
            _learning = weight;
            Keep(x);
        }

        return MatrixProduct.Linear(
            inputs[0].detach(),
            transposed ? weight.detach().t() : weight.detach(),
            _hasBias ? inputs[2].detach() : null
        );
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        if (_learning is not null)
        {
            var (outer, inner) = transposed ? (x.Again(), gradient) : (gradient, x.Again());
            WeightGradient.AddProduct(_learning, outer, inner);
        }

        var ofInput = _weight is null ? null : MatrixProduct.Of(gradient, transposed ? _weight.t() : _weight);
        var ofBias = _biasLearns ? gradient.sum([0L]) : null;
        return _hasBias ? [ofInput, null, ofBias] : [ofInput, null];
    }
}
