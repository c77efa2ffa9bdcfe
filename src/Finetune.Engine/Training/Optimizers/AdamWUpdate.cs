using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>
/// AdamW by libtorch's fused kernel: <c>w *= 1 - lr*wd; m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²;
/// w -= lr (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + eps)</c>. With coupled decay, Adam: <c>g += wd*w</c> first.
/// </summary>
internal sealed class AdamWUpdate(Tensor weight, AdamWOptions options, double weightDecay) : IWeightUpdate
{
    private readonly Tensor _first = zeros_like(weight).DetachFromDisposeScope();
    private readonly Tensor _second = zeros_like(weight).DetachFromDisposeScope();

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("first_moment", _first), ("second_moment", _second)];

    /// <inheritdoc/>
    public void Step(Tensor gradient, double rate, int step) => Step([this], [gradient], rate, step);

    /// <summary>Moves many weights of the same constants in one call.</summary>
    public static void Step(
        IReadOnlyList<AdamWUpdate> updates,
        IReadOnlyList<Tensor> gradients,
        double rate,
        int step
    ) =>
        Call(
            [.. updates.Select(u => u.Weight)],
            gradients,
            [.. updates.Select(u => u._first)],
            [.. updates.Select(u => u._second)],
            updates[0].Options,
            updates[0].WeightDecay,
            rate,
            step
        );

    /// <summary>Calls the kernel.</summary>
    public static void Call(
        IReadOnlyList<Tensor> weights,
        IReadOnlyList<Tensor> gradients,
        IReadOnlyList<Tensor> first,
        IReadOnlyList<Tensor> second,
        AdamWOptions options,
        double weightDecay,
        double rate,
        int step
    )
    {
        // The state's step is one tensor for all: the kernel only reads it.
        using var steps = tensor([(float)step], device: weights[0].device);
        Span<ulong> arguments =
        [
            StableValue.Of(weights),
            StableValue.Of(gradients),
            StableValue.Of(first),
            StableValue.Of(second),
            StableValue.Of(Array.Empty<Tensor>()),
            StableValue.Of([.. weights.Select(_ => steps)]),
            StableValue.Of(rate),
            StableValue.Of(options.Beta1),
            StableValue.Of(options.Beta2),
            StableValue.Of(weightDecay),
            StableValue.Of(options.Epsilon),
            StableValue.Of(false),
            StableValue.Of(false),
            StableValue.None,
            StableValue.None,
        ];
        if (options.Coupled)
        {
            Dispatcher.Call("aten::_fused_adam_"u8, "\0"u8, arguments);
        }
        else
        {
            Dispatcher.Call("aten::_fused_adamw_"u8, "\0"u8, arguments);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private Tensor Weight { get; } = weight;

    private AdamWOptions Options { get; } = options;

    private double WeightDecay { get; } = weightDecay;
}
