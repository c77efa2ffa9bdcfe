using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// <c>x W^T</c> by the output head. The weight's gradient goes straight into its sum; see <see cref="WeightGradient"/>.
/// </summary>
internal sealed class HeadProduct : Operation
{
    private Tensor _input = null!;
    private Tensor _weight = null!;
    private Tensor? _learning;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        (_input, _weight) = (Keep(inputs[0]), Keep(inputs[1]));
        _learning = inputs[1].requires_grad ? inputs[1] : null;
        return MatrixProduct.Of(_input, _weight.t());
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        if (_learning is not null)
        {
            WeightGradient.AddProduct(_learning, gradient, _input);
        }

        return [MatrixProduct.Of(gradient, _weight), null];
    }
}
