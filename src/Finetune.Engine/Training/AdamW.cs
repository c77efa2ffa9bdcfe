using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// AdamW over all tensors in two fused calls: <c>w *= 1 - lr*wd; m = b1 m + (1-b1) g; v = b2 v + (1-b2) g²;
/// w -= lr (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + eps)</c>. Tensors of fewer than two dimensions (norms, biases) do not
/// decay.
/// </summary>
public sealed class AdamW : IDisposable
{
    private readonly AdamWOptions _options;
    private readonly IReadOnlyList<Tensor> _weights;
    private readonly Tensor _steps;
    private readonly (int[] Indices, double WeightDecay)[] _groups;

    /// <summary>An optimizer with empty moments.</summary>
    /// <param name="weights">float32, updated in place.</param>
    /// <param name="options">The constants.</param>
    public AdamW(IReadOnlyList<Tensor> weights, AdamWOptions options)
    {
        _options = options;
        _weights = weights;
        using var noGrad = no_grad();
        FirstMoments = [.. weights.Select(w => zeros_like(w).DetachFromDisposeScope())];
        SecondMoments = [.. weights.Select(w => zeros_like(w).DetachFromDisposeScope())];
        _steps = zeros(1, float32).DetachFromDisposeScope();
        var matrices = Enumerable.Range(0, weights.Count).ToLookup(i => weights[i].dim() >= 2);
        _groups = [([.. matrices[true]], options.WeightDecay), ([.. matrices[false]], 0)];
    }

    /// <summary>m, one tensor a weight.</summary>
    public IReadOnlyList<Tensor> FirstMoments { get; }

    /// <summary>v, one tensor a weight.</summary>
    public IReadOnlyList<Tensor> SecondMoments { get; }

    /// <summary>Steps taken, t; set it when moments are restored.</summary>
    public int Steps { get; set; }

    /// <summary>Takes one step.</summary>
    /// <param name="gradients">float32, one a weight.</param>
    /// <param name="learningRate">The step's rate.</param>
    public void Step(IReadOnlyList<Tensor> gradients, double learningRate)
    {
        using var noGrad = no_grad();
        Steps++;
        _steps.fill_(Steps);

        foreach (var (indices, weightDecay) in _groups)
        {
            if (indices.Length == 0)
            {
                continue;
            }

            // The state's step is one tensor for all: the kernel only reads it.
            Dispatcher.Call(
                "aten::_fused_adamw_"u8,
                "\0"u8,
                [
                    StableValue.Of([.. indices.Select(i => _weights[i])]),
                    StableValue.Of([.. indices.Select(i => gradients[i])]),
                    StableValue.Of([.. indices.Select(i => FirstMoments[i])]),
                    StableValue.Of([.. indices.Select(i => SecondMoments[i])]),
                    StableValue.Of(Array.Empty<Tensor>()),
                    StableValue.Of([.. indices.Select(_ => _steps)]),
                    StableValue.Of(learningRate),
                    StableValue.Of(_options.Beta1),
                    StableValue.Of(_options.Beta2),
                    StableValue.Of(weightDecay),
                    StableValue.Of(_options.Epsilon),
                    StableValue.Of(false),
                    StableValue.Of(false),
                    StableValue.None,
                    StableValue.None,
                ]
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in FirstMoments.Concat(SecondMoments).Append(_steps))
        {
            tensor.Dispose();
        }
    }
}
