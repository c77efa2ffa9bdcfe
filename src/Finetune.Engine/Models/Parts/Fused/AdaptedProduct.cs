using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// <c>x W^T + b + scale (x A^T) B^T</c> by a weight that is not trained. The input alone is kept: <c>x A^T</c> is narrow
/// and made again, and neither product exists beside their sum.
/// </summary>
/// <param name="x"><c>[n, inputs]</c>.</param>
/// <param name="layer">The layer.</param>
internal sealed class AdaptedProduct(Operand x, Linear layer) : Operation
{
    private Tensor _down = null!;
    private Tensor _up = null!;
    private bool _inputLearns;

    /// <summary>Whether a layer's adapter is of this kind and its tensors fit each other.</summary>
    /// <param name="layer">It.</param>
    /// <param name="x">Its input.</param>
    /// <param name="training">Whether inputs would be dropped.</param>
    public static bool Takes(Linear layer, Tensor x, bool training) =>
        layer.Adapter is { Magnitude: null } adapter
        && !layer.IsFrozen
        && !layer.Weight.requires_grad
        && layer.Bias is not { requires_grad: true }
        && !(training && adapter.Dropout > 0)
        && x.dtype == layer.Weight.dtype
        && x.dtype == adapter.Down.dtype;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        Keep(x);
        (_down, _up) = (Keep(inputs[1]), Keep(inputs[2]));
        _inputLearns = inputs[0].requires_grad;
        var values = inputs[0].detach();
        var product = MatrixProduct.Linear(values, Weight(), layer.Bias?.detach());
        return product.addmm_(values.mm(_down.t()), _up.t(), beta: 1, alpha: (float)layer.Adapter!.Scale);
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        var scale = layer.Adapter!.Scale;
        var values = x.Again();
        var ofLow = gradient.mm(_up).TimesInPlace(scale);
        var ofUp = gradient.t().mm(values.mm(_down.t())).TimesInPlace(scale);
        var ofInput = _inputLearns
            ? MatrixProduct.Of(gradient, Weight()).addmm_(ofLow, _down, beta: 1, alpha: 1)
            : null;
        return [ofInput, ofLow.t().mm(values), ofUp];
    }

    // [outputs, inputs]
    private Tensor Weight() => layer.Transposed ? layer.Weight.detach().t() : layer.Weight.detach();
}
