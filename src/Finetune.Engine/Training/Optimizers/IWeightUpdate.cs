using static TorchSharp.torch;

namespace Finetune.Engine.Training.Optimizers;

/// <summary>
/// Moves one weight by its gradients and owns what it remembers of them. As no update sees another weight, a weight can
/// be moved as soon as its gradient is there.
/// </summary>
internal interface IWeightUpdate : IDisposable
{
    /// <summary>What it remembers, by name; a training that goes on fills these tensors.</summary>
    IReadOnlyList<(string Name, Tensor Value)> State { get; }

    /// <summary>Moves the weight.</summary>
    /// <param name="gradient">float32, of the weight's shape; not changed.</param>
    /// <param name="rate">The weight's learning rate.</param>
    /// <param name="step">From 1.</param>
    void Step(Tensor gradient, double rate, int step);
}
