using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>
/// Documents laid end to end, without padding. Linear layers see <c>[tokens, hidden]</c>; attention runs document by
/// document, so documents never see each other.
/// </summary>
/// <param name="InputIds"><c>[tokens]</c> int64.</param>
/// <param name="Positions"><c>[tokens]</c> int64; restarts at each document (or goes on from its cache).</param>
/// <param name="Lengths">Tokens of each document; their sum is <c>tokens</c>.</param>
public sealed record Batch(Tensor InputIds, Tensor Positions, IReadOnlyList<int> Lengths) : IDisposable
{
    /// <summary>
    /// For encoder–decoder models, what the encoder reads: as many documents. Null where caches hold it already, and for
    /// decoders alone.
    /// </summary>
    public Batch? Source { get; init; }

    /// <summary><c>[rows]</c> int64: the tokens whose final states are wanted, in this order; null for all. The last layer
    /// computes no others beyond its attention.</summary>
    public Tensor? Wanted { get; init; }

    /// <summary>What layers below a certain one made of the tokens; null where all of them run.</summary>
    public LayerEntry? Entry { get; init; }

    /// <summary>
    /// Document by document, who sees whom among its tokens, <c>[tokens, tokens]</c> bool; all see what their cache
    /// holds. Null for plain causality.
    /// </summary>
    internal IReadOnlyList<Tensor>? Sights { get; init; }

    /// <summary>Lays documents end to end.</summary>
    /// <param name="documents">Token ids, one list a document, none empty.</param>
    /// <param name="device">Where the tensors live.</param>
    /// <param name="starts">Position of each document's first token (tokens already in its cache); null for zeros.</param>
    public static Batch Of(
        IReadOnlyList<ReadOnlyMemory<int>> documents,
        Device device,
        IReadOnlyList<int>? starts = null
    )
    {
        var lengths = documents.Select(d => d.Length).ToArray();
        var ids = new long[lengths.Sum()];
        var positions = new long[ids.Length];
        var at = 0;
        for (var d = 0; d < documents.Count; d++)
        {
            var start = starts?[d] ?? 0;
            foreach (var id in documents[d].Span)
            {
                ids[at] = id;
                positions[at++] = start++;
            }
        }

        return new Batch(tensor(ids, device: device), tensor(positions, device: device), lengths);
    }

    /// <summary>The rows that are wanted, of those of all tokens.</summary>
    /// <param name="rows"><c>[tokens, ...]</c>.</param>
    internal Tensor Pick(Tensor rows) => Pick(rows, Wanted);

    /// <summary>Some rows, or all of them where none are named.</summary>
    /// <param name="rows"><c>[tokens, ...]</c>.</param>
    /// <param name="wanted"><c>[n]</c> int64, or null.</param>
    internal static Tensor Pick(Tensor rows, Tensor? wanted) => wanted is null ? rows : rows.index_select(0, wanted);

    /// <inheritdoc/>
    public void Dispose()
    {
        Source?.Dispose();
        Entry?.States.Dispose();
        Wanted?.Dispose();
        InputIds.Dispose();
        Positions.Dispose();
    }
}
