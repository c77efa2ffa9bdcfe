using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>
/// Activation checkpointing (Chen et al. 2016): a part of a model keeps its inputs alone, and is computed a second time
/// when its gradient is asked for. Gradients are the same to the bit: the same operations on the same numbers, dropout
/// drawn from the same state.
/// </summary>
internal static class Recompute
{
    /// <summary>Whether there is a gradient to compute: what lies beneath all that is trained keeps nothing anyway.</summary>
    /// <param name="part">The part.</param>
    /// <param name="inputs">What goes into it.</param>
    public static bool Pays(nn.Module part, params ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs)
        {
            if (input.requires_grad)
            {
                return true;
            }
        }

        return part.parameters().Any(parameter => parameter.requires_grad);
    }

    /// <summary>The part's output.</summary>
    /// <param name="body">The part; all tensors that it reads, but for parameters, are among its inputs.</param>
    /// <param name="inputs">Its inputs.</param>
    public static Tensor Run(Func<IReadOnlyList<Tensor>, Tensor> body, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();

        // What asks for no gradient itself may stand before parameters that do.
        if (!inputs.Any(input => input.requires_grad))
        {
            inputs = [inputs[0].detach().requires_grad_(), .. inputs[1..]];
        }

        return Function.apply([body, .. inputs]).MoveToOuterDisposeScope();
    }

    // What was drawn from before a part ran. A class, since a bare tensor among the data makes TorchSharp write a warning
    // to standard output; among the saved variables it would count as an input.
    private sealed class Drawn
    {
        private readonly Tensor? _state;
        private readonly long _seed;

        private Drawn(Tensor? state, long seed) => (_state, _seed) = (state, seed);

        // Only the processor's generator can be read. Others can be seeded: with numbers that the processor draws.
        public static Drawn Before(Tensor input)
        {
            if (input.device_type == TorchSharp.DeviceType.CPU)
            {
                return new Drawn(random.get_rng_state().DetachFromDisposeScope(), 0);
            }

            using var number = randint(int.MaxValue, [1L], ScalarType.Int64);
            var drawn = new Drawn(null, number.item<long>());
            drawn.Restore();
            return drawn;
        }

        // Once: the state is freed.
        public void Restore()
        {
            if (_state is null)
            {
                using var seeded = manual_seed(_seed);
                return;
            }

            random.set_rng_state(_state);
            _state.Dispose();
        }
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const string Body = "body";
        private const string Random = "random";

        public override string Name => nameof(Recompute);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var body = (Func<IReadOnlyList<Tensor>, Tensor>)vars[0];
            List<Tensor> inputs = [.. vars.Skip(1).Cast<Tensor>()];
            ctx.save_data(Body, body);
            ctx.save_data(Random, Drawn.Before(inputs[0]));
            ctx.save_for_backward(inputs);
            return body(inputs);
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            using var scope = NewDisposeScope();
            var body = (Func<IReadOnlyList<Tensor>, Tensor>)ctx.get_data(Body);
            var inputs = ctx.get_saved_variables()
                .ConvertAll(saved => saved.detach().requires_grad_(saved.requires_grad));
            var now = random.get_rng_state();
            ((Drawn)ctx.get_data(Random)).Restore();
            using (enable_grad())
            {
                body(inputs).backward([grad_output]);
            }

            random.set_rng_state(now);
            return [null!, .. inputs.Select(input => input.grad?.MoveToOuterDisposeScope()!)];
        }
    }
}
