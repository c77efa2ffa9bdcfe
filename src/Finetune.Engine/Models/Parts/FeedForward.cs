using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>What follows attention in a layer, token by token.</summary>
/// <param name="name">For messages.</param>
public abstract class FeedForward(string name) : Part(name)
{
    /// <summary>Makes a layer's without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="layer">The layer's place, from 0.</param>
    /// <param name="at">Where.</param>
    public static FeedForward Of(DecoderOptions options, int layer, Placement at) =>
        options.Experts is { } experts && !experts.DenseLayers.Contains(layer) ? new Mixture(options, experts, at)
        : options.Names.Gate is null && options.Names.GateUp is null ? new PlainMlp(options, at)
        : new GatedMlp(options, options.Names, options.IntermediateSize, at);

    /// <summary><c>[tokens, hidden]</c> to the same.</summary>
    public abstract Tensor Forward(Operand x);
}
