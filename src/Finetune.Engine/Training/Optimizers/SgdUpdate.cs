using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>
/// PyTorch's SGD: <c>g += wd*w; buf = g at the first step, then momentum*buf + (1 - dampening) g; w -= lr*buf</c>, with
/// Nesterov <c>w -= lr (g + momentum*buf)</c>.
/// </summary>
internal sealed class SgdUpdate(Tensor weight, SgdOptions options, double weightDecay) : IWeightUpdate
{
    private readonly Tensor? _momentum = options.Momentum == 0 ? null : zeros_like(weight).DetachFromDisposeScope();

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => _momentum is null ? [] : [("momentum", _momentum)];

    /// <inheritdoc/>
    public void Step(Tensor gradient, double rate, int step)
    {
        using var scope = NewDisposeScope();
        if (weightDecay != 0)
        {
            gradient = gradient.add(weight, weightDecay);
        }

        if (_momentum is not null)
        {
            if (step == 1)
            {
                _momentum.copy_(gradient);
            }
            else
            {
                _momentum.mul_(options.Momentum).add_(gradient, 1 - options.Dampening);
            }

            gradient = options.Nesterov ? gradient.add(_momentum, options.Momentum) : _momentum;
        }

        weight.add_(gradient, -rate);
    }

    /// <inheritdoc/>
    public void Dispose() => _momentum?.Dispose();
}
