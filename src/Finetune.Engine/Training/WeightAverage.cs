using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// The exponential moving average of the weights (Polyak and Juditsky 1992; PyTorch's <c>AveragedModel</c>):
/// <c>e = decay * e + (1 - decay) * w</c> after every step, from the weights the training starts with.
/// </summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly IReadOnlyList<Tensor> _weights;
    private readonly double _decay;

    /// <summary>Starts as the weights are.</summary>
    /// <param name="weights">float32.</param>
    /// <param name="decay">0 to 1.</param>
    public WeightAverage(IReadOnlyList<Tensor> weights, double decay)
    {
        (_weights, _decay) = (weights, decay);
        using var noGrad = no_grad();
        Values = [.. weights.Select(w => w.detach().clone().DetachFromDisposeScope())];
    }

    /// <summary>The average; one tensor a weight.</summary>
    public IReadOnlyList<Tensor> Values { get; }

    /// <summary>Takes a finished step in.</summary>
    public void Update()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        for (var i = 0; i < Values.Count; i++)
        {
            Values[i].mul_(_decay).add_(_weights[i], 1 - _decay);
        }
    }

    /// <summary>Exchanges the weights' values and the average's; a second call brings them back.</summary>
    public void Exchange()
    {
        using var noGrad = no_grad();
        for (var i = 0; i < Values.Count; i++)
        {
            using var scope = NewDisposeScope();
            var held = _weights[i].detach().clone();
            _weights[i].detach().copy_(Values[i]);
            Values[i].copy_(held);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in Values)
        {
            value.Dispose();
        }
    }
}
