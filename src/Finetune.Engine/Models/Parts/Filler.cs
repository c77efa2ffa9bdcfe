using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Rounds up how many rows a pass has where a library (oneDNN) writes machine code for each new number of them, some
/// milliseconds a product, often more than the product takes; and without padding nearly every pass has a number of its own. A
/// pass is filled by a document that nobody asks for, which no other sees and which has no gradient.
/// </summary>
internal static class Filler
{
    private const long Multiple = 32;

    /// <summary>What a number of rows is rounded up to.</summary>
    /// <param name="rows">The number.</param>
    /// <param name="states">Any hidden states or embeddings, <c>[n, hidden]</c>, for type, device and width.</param>
    public static long Filled(long rows, Tensor states) =>
        MatrixProduct.IsCompiled(states.dtype, states.device, states.shape[1])
            ? (rows + Multiple - 1) / Multiple * Multiple
            : rows;

    /// <summary>Rows, and zeros after them.</summary>
    /// <param name="rows"><c>[n, ...]</c>.</param>
    /// <param name="count">How many there are to be.</param>
    public static Tensor Fill(Tensor rows, long count)
    {
        var more = count - rows.shape[0];
        return more == 0 ? rows.alias() : cat([rows, zeros([more, .. rows.shape[1..]], rows.dtype, rows.device)]);
    }

    /// <summary>A batch with a filling document at the end, and filling rows after those that are wanted. The caller's dispose
    /// scope owns what is new.</summary>
    /// <param name="batch">Documents end to end.</param>
    /// <param name="states">As for <see cref="Filled"/>.</param>
    public static Batch Fill(Batch batch, Tensor states)
    {
        var tokens = batch.InputIds.shape[0];
        var (all, wanted) = (Filled(tokens, states), batch.Wanted);
        if (wanted is not null)
        {
            wanted = Fill(wanted, Filled(wanted.shape[0], states));
        }

        return all == tokens
            ? batch with
            {
                Wanted = wanted,
            }
            : batch with
            {
                InputIds = Fill(batch.InputIds, all),
                Positions = Fill(batch.Positions, all),
                Lengths = [.. batch.Lengths, (int)(all - tokens)],
                Wanted = wanted,
                Entry = batch.Entry is { } entry ? entry with { States = Fill(entry.States, all) } : null,
            };
    }
}
