using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// Moves a layer's weights while the backward pass goes on below it, so that the gradients of one layer at most exist
/// besides those of embedding and head (Lv et al. 2023, LOMO; torchtune's optimizer-in-backward). What no layer holds is
/// moved at the end.
/// </summary>
internal sealed class LayerSteps : IDisposable
{
    private const int InNone = -1;

    private readonly CausalModel _model;
    private readonly TrainableWeights _weights;
    private readonly Optimizer _optimizer;
    private readonly Dictionary<int, int[]> _layers;
    private readonly float[] _norms;
    private readonly bool[] _moved;
    private double _rate;
    private bool _finite;

    /// <summary>Listens to a model's layers.</summary>
    public LayerSteps(CausalModel model, TrainableWeights weights, Optimizer optimizer)
    {
        (_model, _weights, _optimizer) = (model, weights, optimizer);
        _norms = new float[weights.Names.Count];
        _moved = new bool[_norms.Length];
        _layers = Enumerable
            .Range(0, _norms.Length)
            .GroupBy(i => AdaptedLayers.NumberOf(model, weights.Names[i]) ?? InNone)
            .ToDictionary(group => group.Key, group => group.ToArray());
        model.LayerPassed = Moves;
    }

    /// <summary>Begins a step.</summary>
    /// <param name="learningRate">Its rate.</param>
    public void Begin(double learningRate)
    {
        (_rate, _finite) = (learningRate, true);
        Array.Clear(_moved);
        _optimizer.Begin();
    }

    /// <summary>Moves what is left.</summary>
    /// <param name="finite">Whether the loss is: else nothing moves.</param>
    /// <returns>The norm of all gradients together; from the first that is not finite on, nothing has moved.</returns>
    public double End(bool finite)
    {
        _finite &= finite;
        for (var i = 0; i < _moved.Length; i++)
        {
            if (!_moved[i])
            {
                Move(i);
            }
        }

        using var norms = tensor(_norms);
        using var norm = norms.norm(2f);
        return norm.item<float>();
    }

    /// <inheritdoc/>
    public void Dispose() => _model.LayerPassed = null;

    private void Moves(int layer)
    {
        foreach (var index in _layers.GetValueOrDefault(layer, []))
        {
            Move(index);
        }
    }

    private void Move(int index)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var gradient = _weights.Take(index);
        _norms[index] = gradient.norm(2f).item<float>();
        _finite &= float.IsFinite(_norms[index]);
        _moved[index] = true;
        if (_finite)
        {
            _optimizer.Step(index, gradient, _rate);
            _weights.Publish(index);
        }
    }
}
