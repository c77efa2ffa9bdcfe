using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// A decoder layer: attention and feed-forward part, each with a norm before it, after it or both, one after the other
/// or side by side.
/// </summary>
public sealed class DecoderLayer : Part
{
    private readonly DecoderOptions _options;
    private readonly Norm? _beforeAttention;
    private readonly Attention _attention;
    private readonly Norm? _afterAttention;
    private readonly Norm? _beforeMlp;
    private readonly FeedForward _mlp;
    private readonly Norm? _afterMlp;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="at">Where.</param>
    public DecoderLayer(DecoderOptions options, int index, Placement at)
        : base(nameof(DecoderLayer))
    {
        _options = options;
        var names = options.Names;
        Norm? Optional(string? name) =>
            name is null ? null : Add(name, Norm.Of(options.Norm, options.NormEpsilon, at, options.HiddenSize));
        _beforeAttention = Optional(names.BeforeAttention);
        _attention = Add(names.Attention, new Attention(options, index, at));
        _afterAttention = Optional(names.AfterAttention);
        _beforeMlp = Optional(names.BeforeMlp);
        _mlp = Add(names.Mlp, FeedForward.Of(options, index, at));
        _afterMlp = Optional(names.AfterMlp);
    }

    /// <summary><c>[tokens, hidden]</c> to the same, or to <c>[rows, hidden]</c>.</summary>
    /// <param name="x">The states.</param>
    /// <param name="pass">The pass.</param>
    /// <param name="wanted"><c>[rows]</c> int64: the tokens that anything is made of beyond attention; null for all.</param>
    public Tensor Forward(Tensor x, Pass pass, Tensor? wanted = null)
    {
        using var scope = NewDisposeScope();
        var read = Read(_beforeAttention, x);
        var mixed = _attention.Forward(read, pass, wanted);
        x = Batch.Pick(x, wanted);
        read = _options.Parallel && wanted is not null ? Operand.Of(Batch.Pick(read.Values, wanted)) : read;
        var attended = x.Plus(Scaled(Normed(_afterAttention, mixed)));
        // Side by side, the feed-forward part reads the layer's input, through its own norm or attention's.
        var next =
            !_options.Parallel ? Read(_beforeMlp, attended)
            : _beforeMlp is null ? read
            : _beforeMlp.Read(x);
        return attended.Plus(Scaled(Normed(_afterMlp, _mlp.Forward(next)))).MoveToOuterDisposeScope();
    }

    private static Operand Read(Norm? norm, Tensor x) => norm is null ? Operand.Of(x) : norm.Read(x);

    private static Tensor Normed(Norm? norm, Tensor x) => norm is null ? x : norm.Forward(x);

    private Tensor Scaled(Tensor x) => _options.ResidualScale == 1 ? x : x.Times(_options.ResidualScale);
}
