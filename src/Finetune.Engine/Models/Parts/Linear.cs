using Finetune.Engine.Models.Parts.Fused;
using Finetune.Engine.Native;
using Finetune.Engine.Quantization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// A linear layer, <c>x W^T + b</c>; or, with the weight stored transposed, <c>x W + b</c>. An adapter is put in from
/// outside as <see cref="Adapter"/>: its parameters then count among the layer's own. A frozen layer holds its weight
/// quantised; <see cref="Weight"/> is then a shape without values.
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
        Device = at.Device;
        Transposed = transposed;
        IsFrozen = at.Format != WeightFormat.Whole;
        var place = IsFrozen ? at with { Device = META } : at;
        Weight = transposed ? place.New(inputs, outputs) : place.New(outputs, inputs);
        Weight.requires_grad = !IsFrozen;
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

    /// <summary>Where it computes; a quantised weight lies in the processor's memory all the same.</summary>
    public Device Device { get; }

    /// <summary>Whether the weight is <c>[inputs, outputs]</c>.</summary>
    public bool Transposed { get; }

    /// <summary><c>[outputs, inputs]</c>, or the other way round.</summary>
    public Parameter Weight { get; private set; }

    /// <summary>Whether the weight is, or will be, quantised.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>The quantised weight, <c>[outputs, inputs]</c>; null for a layer that is not frozen.</summary>
    public QuantizedMatrix? Frozen { get; private set; }

    /// <summary><c>[outputs]</c>, or null.</summary>
    public Parameter? Bias { get; }

    /// <summary>A low-rank addition, or null.</summary>
    public LowRank? Adapter { get; set; }

    /// <summary><c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    public Tensor Forward(Tensor x) => Forward(Operand.Of(x));

    /// <summary><c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    public Tensor Forward(Operand x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (AdaptedProduct.Takes(this, x.Values, training))
        {
            return new AdaptedProduct(x, this).Run(x.Values, Adapter!.Down, Adapter.Up);
        }

        var y = Multiply(x, Bias);
        if (Adapter is null)
        {
            return y;
        }

        using (y)
        using (var addition = Adapter.Forward(x.Values, this, training))
        {
            return y.Plus(addition);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true) =>
        Adapter is null
            ? base.named_parameters(recurse).Prepend(("weight", Weight))
            : base.named_parameters(recurse)
                .Prepend(("weight", Weight))
                .Append(("lora_A.weight", Adapter.Down))
                .Append(("lora_B.weight", Adapter.Up))
                .Concat(Adapter.Magnitude is null ? [] : [("lora_magnitude_vector", Adapter.Magnitude)]);

    /// <inheritdoc/>
    public override IEnumerable<Parameter> parameters(bool recurse = true) =>
        named_parameters(recurse).Select(p => p.parameter);

    /// <summary>Without bias and adapter: <c>[n, inputs]</c> to <c>[n, outputs]</c>.</summary>
    public Tensor Product(Tensor x) => Multiply(Operand.Of(x), null);

    /// <summary>Gives a frozen layer its weight.</summary>
    /// <param name="weight"><c>[outputs, inputs]</c>; the layer owns it from now on.</param>
    internal void Freeze(QuantizedMatrix weight)
    {
        Frozen?.Dispose();
        Frozen = weight;
    }

    /// <summary>Puts values in place of the weight; a frozen layer is a whole one from then on.</summary>
    /// <param name="values"><c>[outputs, inputs]</c>.</param>
    internal void Replace(Tensor values)
    {
        using var noGrad = no_grad();
        using var turned = Transposed ? values.t() : values.alias();
        if (!IsFrozen)
        {
            Weight.copy_(turned);
            return;
        }

        var type = Weight.dtype;
        Weight.Dispose();
        Weight = new Placement(type, Device).New(turned.shape);
        using (var target = Weight.detach())
        {
            target.copy_(turned);
        }

        IsFrozen = false;
        Frozen?.Dispose();
        Frozen = null;
    }

    /// <summary>The weight's values in float32, <c>[outputs, inputs]</c>.</summary>
    internal Tensor Values()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (Frozen is null)
        {
            var weight = Weight.to(ScalarType.Float32);
            return (Transposed ? weight.t() : weight.alias()).MoveToOuterDisposeScope();
        }

        var values = empty([Outputs, Inputs], ScalarType.Float32, Device);
        foreach (var (first, part) in FrozenProduct.Stretches(Frozen))
        {
            using var rows = values.narrow(0, first, part.shape[0]);
            rows.copy_(part);
        }

        return values.MoveToOuterDisposeScope();
    }

    private Tensor Multiply(Operand x, Tensor? bias)
    {
        if (Frozen is not null)
        {
            var product = FrozenProduct.Of(x.Values, Frozen);
            if (bias is null)
            {
                return product;
            }

            using (product)
            {
                return product.Plus(bias);
            }
        }

        if (LinearProduct.Takes(x.Values, Weight))
        {
            var product = new LinearProduct(x, Transposed);
            return bias is null ? product.Run(x.Values, Weight) : product.Run(x.Values, Weight, bias);
        }

        if (!Transposed)
        {
            return MatrixProduct.Linear(x.Values, Weight, bias);
        }

        using var weight = Weight.t();
        return MatrixProduct.Linear(x.Values, weight, bias);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Adapter?.Dispose();
            Frozen?.Dispose();
            Weight.Dispose();
        }

        base.Dispose(disposing);
    }
}
