using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>A decoder layer that norms before attention and before the feed-forward part.</summary>
public sealed class DecoderLayer : Part
{
    private readonly RmsNorm _beforeAttention;
    private readonly Attention _attention;
    private readonly RmsNorm _beforeMlp;
    private readonly GatedMlp _mlp;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="at">Where.</param>
    public DecoderLayer(DecoderOptions options, int index, Placement at)
        : base(nameof(DecoderLayer))
    {
        _beforeAttention = new RmsNorm(options.HiddenSize, options.NormEpsilon, at);
        _attention = new Attention(options, index, at);
        _beforeMlp = new RmsNorm(options.HiddenSize, options.NormEpsilon, at);
        _mlp = new GatedMlp(options, at);
        register_module("input_layernorm", _beforeAttention);
        register_module("self_attn", _attention);
        register_module("post_attention_layernorm", _beforeMlp);
        register_module("mlp", _mlp);
    }

    /// <summary><c>[tokens, hidden]</c> to the same.</summary>
    public Tensor Forward(Tensor x, Pass pass)
    {
        using var scope = NewDisposeScope();
        var attended = x + _attention.Forward(_beforeAttention.Forward(x), pass);
        return (attended + _mlp.Forward(_beforeMlp.Forward(attended))).MoveToOuterDisposeScope();
    }
}
