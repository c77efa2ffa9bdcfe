using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// A linear layer, <c>x W^T + b</c>; or, with the weight stored transposed, <c>x W + b</c>. An adapter is put in from outside as <see cref="Adapter"/>: its parameters then
/// count among the layer's own.
/// </summary>
public sealed class Linear : Part
{
    /// <summary>Makes a layer without values.</summary>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="outputs">Width of the output.</param>
    /// <param name="bias">Whether there is one.</param>
    /// <param name="at">Where.</param>
    /// <param name="transposed">Whether the weight is <c>[inputs, outputs]</c>.</param>
    public Linear(int inputs, int outputs, bool bias, Placement at, bool transposed = false)
        : base(nameof(Linear))
    {
        Inputs = inputs;
        Outputs = outputs;
        Transposed = transposed;
        Weight = transposed ? at.New(inputs, outputs) : at.New(outputs, inputs);
        register_parameter("weight", Weight);
        if (bias)
        {
            Bias = at.New(outputs);
            register_parameter("bias", Bias);
        }
    }

    /// <summary>Width of the input.</summary>
    public int Inputs { get; }

    /// <summary>Width of the output.</summary>
    public int Outputs { get; }

    /// <summary>Whether the weight is <c>[inputs, outputs]</c>.</summary>
    public bool Transposed { get; }

    /// <summary><c>[outputs, inputs]</c>, or the other way round.</summary>
    public Parameter Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>A low-rank addition, or null.</summary>
    public LowRank? Adapter { get; set; }

    /// <summary><c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    public Tensor Forward(Tensor x)
    {
        var y = Multiply(x, Bias);
        if (Adapter is null)
        {
            return y;
        }

        using (y)
        using (var addition = Adapter.Forward(x, this, training))
        {
            return y + addition;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        Adapter is null
            ? base.named_parameters(recurse)
            : base.named_parameters(recurse)
                .Append(("lora_A.weight", Adapter.Down))
                .Append(("lora_B.weight", Adapter.Up))
                .Concat(Adapter.Magnitude is null ? [] : [("lora_magnitude_vector", Adapter.Magnitude)]);

    /// <inheritdoc/>
    public override IEnumerable<Parameter> parameters(bool recurse = true) =>
        named_parameters(recurse).Select(p => p.parameter);

    /// <summary>Without bias and adapter: <c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    public Tensor Product(Tensor x) => Multiply(x, null);

    private Tensor Multiply(Tensor x, Tensor? bias)
    {
        if (!Transposed)
        {
            return nn.functional.linear(x, Weight, bias);
        }

        using var weight = Weight.t();
        return nn.functional.linear(x, weight, bias);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Adapter?.Dispose();
        }

        base.Dispose(disposing);
    }
}
