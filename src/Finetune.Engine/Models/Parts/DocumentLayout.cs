using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Where documents lie in a pass. Without caches, documents are ordered by length, so that those of equal length are
/// one bucket and attention is one call a bucket instead of one a document; <see cref="Restore"/> undoes the order.
/// </summary>
public sealed class DocumentLayout
{
    private readonly Tensor? _order;
    private readonly Tensor? _inverse;

    private DocumentLayout(IReadOnlyList<Bucket> buckets, Tensor? order, Tensor? inverse)
    {
        Buckets = buckets;
        _order = order;
        _inverse = inverse;
    }

    /// <summary>Documents of equal length that lie end to end.</summary>
    /// <param name="Start">First token.</param>
    /// <param name="Count">How many documents.</param>
    /// <param name="Length">Tokens of each.</param>
    public sealed record Bucket(long Start, long Count, long Length);

    /// <summary>Stretches of the pass, in order.</summary>
    public IReadOnlyList<Bucket> Buckets { get; }

    /// <summary>Tokens of each document, in this layout's order.</summary>
    public IEnumerable<long> Lengths => Buckets.SelectMany(b => Enumerable.Repeat(b.Length, (int)b.Count));

    /// <summary>Lays out a batch.</summary>
    /// <param name="lengths">Tokens of each document, above 0.</param>
    /// <param name="keepOrder">One bucket a document, in the caller's order: what caches need.</param>
    /// <param name="device">Where the batch is.</param>
    public static DocumentLayout Of(IReadOnlyList<int> lengths, bool keepOrder, Device device)
    {
        var starts = new long[lengths.Count];
        for (var d = 1; d < lengths.Count; d++)
        {
            starts[d] = starts[d - 1] + lengths[d - 1];
        }

        if (keepOrder)
        {
            return new DocumentLayout([.. lengths.Select((n, d) => new Bucket(starts[d], 1, n))], null, null);
        }

        var documents = Enumerable.Range(0, lengths.Count).OrderBy(d => lengths[d]).ToArray();
        var buckets = new List<Bucket>();
        var at = 0L;
        foreach (var same in documents.GroupBy(d => lengths[d]))
        {
            buckets.Add(new Bucket(at, same.Count(), same.Key));
            at += same.Count() * (long)same.Key;
        }

        if (documents.SequenceEqual(Enumerable.Range(0, lengths.Count)))
        {
            return new DocumentLayout(buckets, null, null);
        }

        var order = documents.SelectMany(d => Enumerable.Range(0, lengths[d]).Select(t => starts[d] + t)).ToArray();
        var inverse = new long[order.Length];
        for (var t = 0; t < order.Length; t++)
        {
            inverse[order[t]] = t;
        }

        return new DocumentLayout(buckets, tensor(order, device: device), tensor(inverse, device: device));
    }

    /// <summary>Rows of the batch in this layout's order: <c>[tokens, ...]</c>.</summary>
    public Tensor Arrange(Tensor rows) => _order is null ? rows.alias() : rows.index_select(0, _order);

    /// <summary>Where rows of the batch lie in this layout: <c>[n]</c> int64 to the same.</summary>
    public Tensor Find(Tensor rows) => _inverse is null ? rows.alias() : _inverse.index_select(0, rows);

    /// <summary>Rows of this layout in the batch's order.</summary>
    public Tensor Restore(Tensor rows) => _inverse is null ? rows.alias() : rows.index_select(0, _inverse);
}
