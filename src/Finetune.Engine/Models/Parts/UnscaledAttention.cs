using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>T5's attention: scores are not scaled, and a bias may be added to them.</summary>
public sealed class UnscaledAttention : Part
{
    private readonly Linear _query;
    private readonly Linear _key;
    private readonly Linear _value;
    private readonly Linear _output;
    private readonly int _heads;

    /// <summary>Makes one without values.</summary>
    /// <param name="hidden">Width of the hidden states.</param>
    /// <param name="heads">How many.</param>
    /// <param name="size">Width of a head.</param>
    /// <param name="relative">Buckets of relative positions that this one keeps the numbers of, or null.</param>
    /// <param name="at">Where.</param>
    public UnscaledAttention(int hidden, int heads, int size, int? relative, Placement at)
        : base(nameof(UnscaledAttention))
    {
        _heads = heads;
        _query = Add("q", new Linear(hidden, heads * size, false, at));
        _key = Add("k", new Linear(hidden, heads * size, false, at));
        _value = Add("v", new Linear(hidden, heads * size, false, at));
        _output = Add("o", new Linear(heads * size, hidden, false, at));
        Relative = relative is { } buckets
            ? Add("relative_attention_bias", new Embedding(buckets, heads, null, at))
            : null;
    }

    /// <summary>Numbers of relative positions, kept in a stack's first layer for all of them; or null.</summary>
    public Embedding? Relative { get; }

    /// <summary>What can be looked at: keys and values, <c>[heads, rows, head size]</c> a document.</summary>
    /// <param name="rows"><c>[tokens, hidden]</c>: the same rows that ask, or an encoder's.</param>
    /// <param name="lengths">Rows of each document.</param>
    public (Tensor Keys, Tensor Values)[] Seen(Operand rows, IReadOnlyList<int> lengths)
    {
        var (key, value) = (_key.Forward(rows), _value.Forward(rows));
        var seen = new (Tensor, Tensor)[lengths.Count];
        var at = 0;
        for (var d = 0; d < lengths.Count; d++)
        {
            seen[d] = (Heads(key, at, lengths[d]), Heads(value, at, lengths[d]));
            at += lengths[d];
        }

        return seen;
    }

    /// <summary><c>[tokens, hidden]</c> to the same, document by document.</summary>
    /// <param name="x">What asks.</param>
    /// <param name="lengths">Tokens of each document.</param>
    /// <param name="seen">What each document looks at.</param>
    /// <param name="biases">Added to each document's scores; null for none.</param>
    public Tensor Forward(
        Operand x,
        IReadOnlyList<int> lengths,
        IReadOnlyList<(Tensor Keys, Tensor Values)> seen,
        IReadOnlyList<Tensor>? biases
    )
    {
        using var scope = NewDisposeScope();
        var query = _query.Forward(x);
        var mixed = new Tensor[lengths.Count];
        var at = 0;
        for (var d = 0; d < lengths.Count; d++)
        {
            var (keys, values) = seen[d];
            var scores = Heads(query, at, lengths[d]).matmul(keys.transpose(1, 2));
            scores = biases is null ? scores : scores + biases[d].squeeze(0);
            var shares = nn.functional.softmax(scores, -1, ScalarType.Float32).to(values.dtype);
            mixed[d] = shares.matmul(values).transpose(0, 1).reshape(lengths[d], -1);
            at += lengths[d];
        }

        return _output.Forward(cat(mixed, 0)).MoveToOuterDisposeScope();
    }

    // [heads, rows, size]
    private Tensor Heads(Tensor rows, int start, int count) =>
        rows.narrow(0, start, count).view(count, _heads, -1).transpose(0, 1);
}
