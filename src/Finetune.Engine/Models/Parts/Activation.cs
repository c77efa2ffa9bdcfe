using Finetune.Engine.Models.Parts.Fused;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>The non-linear functions that configurations name.</summary>
public enum Activation
{
    Silu,
    GeluErf,
    GeluTanh,
    Relu,
}

/// <summary>Reads and applies activations.</summary>
public static class Activations
{
    /// <summary>Reads the activation of a key.</summary>
    /// <exception cref="ModelFileException">One that is not known.</exception>
    public static Activation Read(ModelConfig config, string key, string otherwise) =>
        (config.Text(key) ?? otherwise) switch
        {
            "silu" or "swish" => Activation.Silu,
            "gelu" => Activation.GeluErf,
            "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast" => Activation.GeluTanh,
            "relu" => Activation.Relu,
            var name => throw config.Wrong(key, name, "silu, gelu, gelu_new, gelu_pytorch_tanh or relu"),
        };

    /// <summary>Applies it, for products to read.</summary>
    public static Operand Read(this Activation activation, Tensor x) =>
        // Of the functions, this one keeps not what it is made of but its values.
        activation == Activation.Relu
            ? Operand.Of(activation.Apply(x))
            : Operand.Made(from => activation.Apply(from[0]), x);

    /// <summary><c>act(gate) * up</c>, for products to read.</summary>
    public static Operand Read(this Activation activation, Tensor gate, Tensor up) =>
        Operand.Made(from => activation.Opened(from[0], from[1]), gate, up);

    /// <summary>Applies it, value by value.</summary>
    public static Tensor Apply(this Activation activation, Tensor x) =>
        activation switch
        {
            Activation.Silu => nn.functional.silu(x),
            Activation.GeluErf => nn.functional.gelu(x),
            Activation.GeluTanh => nn.functional.gelu(x, GELU.Approximate.tanh),
            Activation.Relu => nn.functional.relu(x),
            _ => throw new ArgumentOutOfRangeException(nameof(activation)),
        };

    private static Tensor Opened(this Activation activation, Tensor gate, Tensor up)
    {
        if (Operation.Takes(gate) && FusedGate.Knows(activation))
        {
            return new FusedGate(activation).Run(gate, up);
        }

        using var opened = activation.Apply(gate);
        return opened * up;
    }
}
