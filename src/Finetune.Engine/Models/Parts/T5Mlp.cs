using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>T5's feed-forward part: <c>wo(act(wi(x)))</c>, or gated <c>wo(act(wi_0(x)) * wi_1(x))</c>.</summary>
public sealed class T5Mlp : Part
{
    private readonly Linear _first;
    private readonly Linear? _second;
    private readonly Linear _output;
    private readonly Activation _activation;

    /// <summary>Makes one without values.</summary>
    public T5Mlp(T5Options options, Placement at)
        : base(nameof(T5Mlp))
    {
        _activation = options.Activation;
        Linear New() => new(options.HiddenSize, options.IntermediateSize, false, at);
        _first = Add(options.Gated ? "wi_0" : "wi", New());
        _second = options.Gated ? Add("wi_1", New()) : null;
        _output = Add("wo", new Linear(options.IntermediateSize, options.HiddenSize, false, at));
    }

    /// <summary><c>[tokens, hidden]</c> to the same.</summary>
    public Tensor Forward(Operand x)
    {
        using var scope = NewDisposeScope();
        var first = _first.Forward(x);
        var opened = _second is null ? _activation.Read(first) : _activation.Read(first, _second.Forward(x));
        return _output.Forward(opened).MoveToOuterDisposeScope();
    }
}
