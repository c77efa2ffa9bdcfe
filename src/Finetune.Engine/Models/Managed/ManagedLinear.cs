using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Managed;

/// <summary>A linear layer (or some of the outputs of one) by where its numbers lie; the model owns them.</summary>
internal sealed unsafe class ManagedLinear
{
    private readonly float* _bias;

    /// <summary>Of a weight.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c>.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    public ManagedLinear(Tensor weight, Tensor? bias)
        : this(
            (float*)TensorMemory.Of(weight),
            bias is null ? null : (float*)TensorMemory.Of(bias),
            (int)weight.shape[1],
            (int)weight.shape[0]
        ) { }

    private ManagedLinear(float* weight, float* bias, int inputs, int outputs)
    {
        Weight = weight;
        _bias = bias;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary><c>[outputs, inputs]</c>, row by row.</summary>
    public float* Weight { get; }

    /// <summary>Width of the input.</summary>
    public int Inputs { get; }

    /// <summary>Width of the output.</summary>
    public int Outputs { get; }

    /// <summary>A of a low-rank addition <c>scale * B A x</c>; null without.</summary>
    public ManagedLinear? Down { get; private init; }

    /// <summary>B of a low-rank addition.</summary>
    public ManagedLinear? Up { get; private init; }

    /// <summary>The addition's factor.</summary>
    public float Scale { get; private init; }

    /// <summary>Of a layer, with its adapter.</summary>
    public static ManagedLinear Of(Linear layer) =>
        new(
            (float*)TensorMemory.Of(layer.Weight),
            layer.Bias is null ? null : (float*)TensorMemory.Of(layer.Bias),
            layer.Inputs,
            layer.Outputs
        )
        {
            Down = layer.Adapter is { } a ? new ManagedLinear(a.Down, null) : null,
            Up = layer.Adapter is { } b ? new ManagedLinear(b.Up, null) : null,
            Scale = (float)(layer.Adapter?.Scale ?? 0),
        };

    /// <summary>Some of the outputs; a layer with an adapter has none to give.</summary>
    /// <param name="first">The first.</param>
    /// <param name="count">How many.</param>
    public ManagedLinear Part(int first, int count) =>
        new(Weight + (long)first * Inputs, _bias is null ? null : _bias + first, Inputs, count);

    /// <summary>An output's bias, or 0.</summary>
    public float BiasOf(int output) => _bias is null ? 0 : _bias[output];
}
