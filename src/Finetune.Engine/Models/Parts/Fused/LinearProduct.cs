using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// <c>x W^T + b</c> by <see cref="MatrixProduct"/>, with its gradient; the weight's goes straight into its sum, see
/// <see cref="WeightGradient"/>. What a gradient does not need is not kept.
/// </summary>
/// <param name="transposed">Whether the weight is <c>[inputs, outputs]</c>.</param>
internal sealed class LinearProduct(bool transposed) : Operation
{
    private Tensor? _input;
    private Tensor? _weight;
    private Tensor? _learning;
    private bool _hasBias;
    private bool _biasLearns;

    /// <summary>Inputs: <c>[n, inputs]</c>, the weight, and a bias <c>[outputs]</c> or none.</summary>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        var (x, weight) = (inputs[0], inputs[1]);
        (_hasBias, _biasLearns) = (inputs.Count > 2, inputs.Count > 2 && inputs[2].requires_grad);
        _weight = x.requires_grad ? Keep(weight) : null;
        (_input, _learning) = weight.requires_grad ? (Keep(x), weight) : (null, null);
        return MatrixProduct.Linear(
            x.detach(),
            transposed ? weight.detach().t() : weight.detach(),
            _hasBias ? inputs[2].detach() : null
        );
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        if (_learning is not null)
        {
            var (outer, inner) = transposed ? (_input!, gradient) : (gradient, _input!);
            WeightGradient.AddProduct(_learning, outer, inner);
        }

        var ofInput = _weight is null ? null : MatrixProduct.Of(gradient, transposed ? _weight.t() : _weight);
        var ofBias = _biasLearns ? gradient.sum([0L]) : null;
        return _hasBias ? [ofInput, null, ofBias] : [ofInput, null];
    }
}
