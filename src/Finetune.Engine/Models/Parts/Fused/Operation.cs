using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts.Fused;

/// <summary>
/// Several operations as one: nothing of what lies between them is kept for the gradient. An instance serves one forward
/// and one backward pass.
/// </summary>
internal abstract class Operation
{
    private readonly List<Tensor> _kept = [];
    private readonly List<Operand> _operands = [];

    /// <summary>The result, without graph.</summary>
    protected abstract Tensor Forward(IReadOnlyList<Tensor> inputs);

    /// <summary>Gradients of the inputs, null where none is wanted.</summary>
    /// <param name="gradient">Of the result.</param>
    protected abstract Tensor?[] Backward(Tensor gradient);

    /// <summary>Runs it, as part of the graph where an input asks for a gradient.</summary>
    public Tensor Run(params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        if (is_grad_enabled() && inputs.Any(input => input.requires_grad))
        {
            // The scope also frees an empty copy of the output, which the library keeps for gradients not there.
            return Function.apply([this, .. inputs]).MoveToOuterDisposeScope();
        }

        using var noGrad = no_grad();
        var result = Forward(inputs);
        Forget();
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>Whether a kernel that works on the processor's memory can take a tensor.</summary>
    public static bool Takes(Tensor x) =>
        x.device_type == TorchSharp.DeviceType.CPU && x.dtype is ScalarType.Float32 or ScalarType.BFloat16;

    /// <summary>Keeps a tensor until the gradient is made.</summary>
    protected Tensor Keep(Tensor tensor)
    {
        var kept = tensor.detach().DetachFromDisposeScope();
        _kept.Add(kept);
        return kept;
    }

    /// <summary>Keeps what a product reads until the gradient is made.</summary>
    protected void Keep(Operand operand)
    {
        operand.Keep();
        _operands.Add(operand);
    }

    private void Forget()
    {
        _operands.ForEach(operand => operand.Leave());
        _operands.Clear();
        foreach (var tensor in _kept)
        {
            tensor.Dispose();
        }

        _kept.Clear();
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const string Key = "operation";

        // What the last call of this thread gave back. Native code reads it after that call; by the next one it has.
        [ThreadStatic]
        private static Tensor?[]? _returned;

        public override string Name => nameof(Operation);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var operation = (Operation)vars[0];
            ctx.save_data(Key, operation);
            ctx.set_materialize_grads(false);
            return operation.Forward([.. vars.Skip(1).Cast<Tensor>()]);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            foreach (var tensor in _returned ?? [])
            {
                tensor?.Dispose();
            }

            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            var operation = (Operation)ctx.get_data(Key);
            _returned = operation.Backward(grad_output);
            foreach (var tensor in _returned)
            {
                tensor?.DetachFromDisposeScope();
            }

            grad_output.Dispose();
            operation.Forget();
            return [null!, .. _returned.Select(tensor => tensor!)];
        }
    }
}
