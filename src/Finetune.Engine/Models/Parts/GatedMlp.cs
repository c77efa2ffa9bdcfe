using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Gated feed-forward: <c>down(act(gate(x)) * up(x))</c> (Shazeer 2020); gate and up may be one projection.</summary>
public sealed class GatedMlp : FeedForward
{
    private readonly Linear? _gate;
    private readonly Linear? _up;
    private readonly Linear? _gateUp;
    private readonly Linear _down;
    private readonly Activation _activation;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="names">What its projections are called.</param>
    /// <param name="width">Between the projections.</param>
    /// <param name="at">Where.</param>
    public GatedMlp(DecoderOptions options, DecoderNames names, int width, Placement at)
        : base(nameof(GatedMlp))
    {
        var (hidden, bias) = (options.HiddenSize, options.MlpBias);
        _activation = options.Activation;
        if (names.GateUp is { } both)
        {
            _gateUp = Add(both, new Linear(hidden, 2 * width, bias, at));
        }
        else
        {
            _gate = Add(names.Gate!, new Linear(hidden, width, bias, at));
            _up = Add(names.Up, new Linear(hidden, width, bias, at));
        }

        _down = Add(names.Down, new Linear(width, hidden, bias, at));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Operand x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        Tensor gate;
        Tensor up;
        if (_gateUp is not null)
        {
            var both = _gateUp.Forward(x).chunk(2, -1);
            (gate, up) = (both[0], both[1]);
        }
        else
        {
            (gate, up) = (_gate!.Forward(x), _up!.Forward(x));
        }

        return _down.Forward(_activation.Read(gate, up)).MoveToOuterDisposeScope();
    }
}
