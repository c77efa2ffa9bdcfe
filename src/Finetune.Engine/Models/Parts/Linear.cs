using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// A linear layer, <c>x W^T + b</c>. An adapter is put in from outside as <see cref="Adapter"/>: its parameters then
/// count among the layer's own.
/// </summary>
public sealed class Linear : Part
{
    /// <summary>Makes a layer without values.</summary>
    /// <param name="inputs">Width of the input.</param>
    /// <param name="outputs">Width of the output.</param>
    /// <param name="bias">Whether there is one.</param>
    /// <param name="at">Where.</param>
    public Linear(int inputs, int outputs, bool bias, Placement at)
        : base(nameof(Linear))
    {
        Weight = at.New(outputs, inputs);
        register_parameter("weight", Weight);
        if (bias)
        {
            Bias = at.New(outputs);
            register_parameter("bias", Bias);
        }
    }

    /// <summary><c>[outputs, inputs]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>A low-rank addition, or null.</summary>
    public LowRank? Adapter { get; set; }

    /// <summary><c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    public Tensor Forward(Tensor x)
    {
        var y = nn.functional.linear(x, Weight, Bias);
        if (Adapter is null)
        {
            return y;
        }

        using (y)
        using (var addition = Adapter.Forward(x, training))
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
                .Append(("lora_B.weight", Adapter.Up));

    /// <inheritdoc/>
    public override IEnumerable<Parameter> parameters(bool recurse = true) =>
        named_parameters(recurse).Select(p => p.parameter);

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
