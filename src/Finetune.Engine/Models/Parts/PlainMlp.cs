using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Feed-forward without a gate: <c>down(act(up(x)))</c>.</summary>
public sealed class PlainMlp : FeedForward
{
    private readonly Linear _up;
    private readonly Linear _down;
    private readonly Activation _activation;

    /// <summary>Makes one without values.</summary>
    /// <param name="options">The decoder's shape.</param>
    /// <param name="at">Where.</param>
    public PlainMlp(DecoderOptions options, Placement at)
        : base(nameof(PlainMlp))
    {
        var (hidden, width) = (options.HiddenSize, options.IntermediateSize);
        _activation = options.Activation;
        _up = Add(options.Names.Up, new Linear(hidden, width, options.MlpBias, at, options.Transposed));
        _down = Add(options.Names.Down, new Linear(width, hidden, options.MlpBias, at, options.Transposed));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Operand x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        return _down.Forward(_activation.Read(_up.Forward(x))).MoveToOuterDisposeScope();
    }
}
