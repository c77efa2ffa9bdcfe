using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// The inputs of layers that are computed twice, side by side in one block. They live from the forward to the backward pass;
/// each among the blocks that come and go within a layer, they would keep the gaps there from being joined, and the heap would
/// grow by twice of what it holds.
/// </summary>
/// <param name="layers">Inputs at most.</param>
internal sealed class InputStack(int layers) : IDisposable
{
    private Tensor? _block;
    private int _count;

    /// <summary>Copies an input to its place.</summary>
    /// <param name="x"><c>[tokens, hidden]</c>, as all others.</param>
    /// <returns>The copy; it lives as long as the caller keeps it, whatever becomes of the stack.</returns>
    public Tensor Keep(Tensor x)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _block ??= empty([layers, .. x.shape], x.dtype, x.device).DetachFromDisposeScope();
        var place = _block.select(0, _count++);
        place.copy_(x);
        return place.DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _block?.Dispose();
}
