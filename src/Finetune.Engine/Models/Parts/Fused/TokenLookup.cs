using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Rows of an embedding. Their gradient goes straight into the table's sum; see <see cref="WeightGradient"/>. The padding
/// row gets none.
/// </summary>
/// <param name="padding">That row, or null.</param>
internal sealed class TokenLookup(int? padding) : Operation
{
    private Tensor _ids = null!;
    private Tensor _table = null!;

    /// <inheritdoc/>
    protected override Tensor Forward(IReadOnlyList<Tensor> inputs)
    {
        _table = inputs[0];
        _ids = Keep(inputs[1]);
        return _table.detach().index_select(0, _ids);
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(Tensor gradient)
    {
        var kept = padding is { } row ? gradient.masked_fill((_ids == row).unsqueeze(1), 0) : gradient;
        WeightGradient.AddRows(_table, _ids, kept);
        return [null, null];
    }
}
