using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>A layer of T5: self-attention, in the decoder attention to the encoder, feed-forward part; a norm before each.</summary>
public sealed class T5Block : Part
{
    private readonly UnscaledAttention? _cross;
    private readonly T5Mlp _mlp;
    private readonly RmsNorm[] _norms;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The model's shape.</param>
    /// <param name="decoder">Whether it looks at an encoder.</param>
    /// <param name="first">Whether it keeps its stack's numbers of relative positions.</param>
    /// <param name="at">Where.</param>
    public T5Block(T5Options options, bool decoder, bool first, Placement at)
        : base(nameof(T5Block))
    {
        UnscaledAttention New(int? relative) => new(options.HiddenSize, options.Heads, options.HeadSize, relative, at);
        var steps = decoder ? 3 : 2;
        _norms =
        [
            .. Enumerable.Range(0, steps).Select(_ => new RmsNorm(options.NormEpsilon, false, at, options.HiddenSize)),
        ];
        var parts = _norms.Select(_ => new Folder()).ToArray();
        Attention = New(first ? options.Buckets : null);
        parts[0].register_module("SelfAttention", Attention);
        if (decoder)
        {
            _cross = New(null);
            parts[1].register_module("EncDecAttention", _cross);
        }

        _mlp = new T5Mlp(options, at);
        parts[^1].register_module("DenseReluDense", _mlp);
        for (var i = 0; i < steps; i++)
        {
            parts[i].register_module("layer_norm", _norms[i]);
        }

        Add("layer", nn.ModuleList(parts));
    }

    /// <summary>Its attention among the same tokens.</summary>
    public UnscaledAttention Attention { get; }

    /// <summary>What the decoder looks at in an encoder's source, document by document.</summary>
    /// <param name="rows">The encoder's hidden states, <c>[source tokens, hidden]</c>.</param>
    /// <param name="lengths">Rows of each document.</param>
    public IReadOnlyList<(Tensor Keys, Tensor Values)> SeenInSource(Tensor rows, IReadOnlyList<int> lengths) =>
        _cross!.Seen(Operand.Of(rows), lengths);

    /// <summary><c>[tokens, hidden]</c> to the same.</summary>
    /// <param name="x">Hidden states.</param>
    /// <param name="lengths">Tokens of each document.</param>
    /// <param name="biases">Relative positions, document by document.</param>
    /// <param name="append">Puts keys and values into a document's cache, or null.</param>
    /// <param name="source">What each document looks at in the encoder's source; null in the encoder.</param>
    public Tensor Forward(
        Tensor x,
        IReadOnlyList<int> lengths,
        IReadOnlyList<Tensor> biases,
        Func<int, Tensor, Tensor, (Tensor Keys, Tensor Values)>? append,
        IReadOnlyList<(Tensor Keys, Tensor Values)>? source
    )
    {
        using var scope = NewDisposeScope();
        var normed = _norms[0].Read(x);
        var seen = Attention.Seen(normed, lengths);
        for (var d = 0; append is not null && d < seen.Length; d++)
        {
            seen[d] = append(d, seen[d].Keys, seen[d].Values);
        }

        x = x.Plus(Attention.Forward(normed, lengths, seen, biases));
        if (_cross is not null && source is not null)
        {
            x = x.Plus(_cross.Forward(_norms[1].Read(x), lengths, source, null));
        }

        return x.Plus(_mlp.Forward(_norms[^1].Read(x))).MoveToOuterDisposeScope();
    }
}
