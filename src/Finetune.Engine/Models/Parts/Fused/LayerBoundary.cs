using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Nothing, before a layer; on the way back, the moment at which the gradients of all that the layer trains are complete.
/// The backward pass runs what was made later first, and adds a weight's gradient up as soon as it has it: when the
/// gradient of a layer's input is asked for, nothing of the layer is left to do.
/// </summary>
/// <param name="passed">Told then.</param>
internal sealed class LayerBoundary(Action passed) : Operation
{
    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs) => inputs[0].detach();

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        passed();
        return [gradient.alias()];
    }
}
