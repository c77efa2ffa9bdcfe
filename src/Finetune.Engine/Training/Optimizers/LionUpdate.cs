using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>
/// Lion (Chen et al. 2023): <c>w *= 1 - lr*wd; w -= lr sign(b1 m + (1-b1) g); m = b2 m + (1-b2) g</c>.
/// </summary>
internal sealed class LionUpdate(Tensor weight, LionOptions options, double weightDecay) : IWeightUpdate
{
    private readonly Tensor _momentum = zeros_like(weight).DetachFromDisposeScope();

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => [("momentum", _momentum)];

    /// <inheritdoc/>
    public void Step(Tensor gradient, double rate, int step)
    {
        using var scope = NewDisposeScope();
        if (weightDecay != 0)
        {
            weight.mul_(1 - rate * weightDecay);
        }

        var direction = _momentum.mul(options.Beta1).add_(gradient, 1 - options.Beta1).sign_();
        weight.add_(direction, -rate);
        _momentum.mul_(options.Beta2).add_(gradient, 1 - options.Beta2);
    }

    /// <inheritdoc/>
    public void Dispose() => _momentum.Dispose();
}
