using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Gated feed-forward: <c>down(act(gate(x)) * up(x))</c> (Shazeer 2020).</summary>
public sealed class GatedMlp : Part
{
    private readonly Linear _gate;
    private readonly Linear _up;
    private readonly Linear _down;
    private readonly Activation _activation;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="at">Where.</param>
    public GatedMlp(DecoderOptions options, Placement at)
        : base(nameof(GatedMlp))
    {
        _activation = options.Activation;
        _gate = new Linear(options.HiddenSize, options.IntermediateSize, options.MlpBias, at);
        _up = new Linear(options.HiddenSize, options.IntermediateSize, options.MlpBias, at);
        _down = new Linear(options.IntermediateSize, options.HiddenSize, options.MlpBias, at);
        register_module("gate_proj", _gate);
        register_module("up_proj", _up);
        register_module("down_proj", _down);
    }

    /// <summary><c>[tokens, hidden]</c> to the same.</summary>
    public Tensor Forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        return _down.Forward(_activation.Apply(_gate.Forward(x)) * _up.Forward(x)).MoveToOuterDisposeScope();
    }
}
