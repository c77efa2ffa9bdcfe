using Finetune.Engine.Models;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// The float32 weights that the optimizer moves, and their gradients. In float32 they are the model's own; in bfloat16
/// the model computes with rounded copies while the masters, and the sums of gradients, stay in float32.
/// </summary>
internal sealed class TrainableWeights : IDisposable
{
    private readonly List<(Tensor Parameter, Tensor Original)> _rounded = [];
    private readonly Tensor[] _parameters;
    private readonly bool _separate;

    /// <summary>Takes hold of a model; <see cref="Dispose"/> gives it back with the masters' values.</summary>
    /// <param name="model">Its parameters that require a gradient are trained.</param>
    /// <param name="precision">What the model is to compute in.</param>
    public TrainableWeights(CausalModel model, Precision precision)
    {
        var named = model.named_parameters().ToArray();
        var trained = named.Where(p => p.parameter.requires_grad).ToArray();
        Names = [.. trained.Select(p => p.name)];
        _parameters = [.. trained.Select(p => (Tensor)p.parameter)];
        _separate = precision == Precision.BFloat16 || _parameters.Any(p => p.dtype != ScalarType.Float32);
        Sums = new GradientSums(_parameters, _separate);
        using var noGrad = no_grad();
        Masters = _separate
            ? [.. _parameters.Select(p => p.detach().to(ScalarType.Float32, copy: true).DetachFromDisposeScope())]
            : _parameters;
        if (precision == Precision.BFloat16)
        {
            foreach (var (_, parameter) in named)
            {
                if (parameter.dtype == ScalarType.Float32)
                {
                    _rounded.Add((parameter, parameter.detach().DetachFromDisposeScope()));
                    using var copy = parameter.detach().to(ScalarType.BFloat16);
                    parameter.Becomes(copy);
                }
            }
        }
    }

    /// <summary>Checkpoint names, in the model's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The float32 weights.</summary>
    public IReadOnlyList<Tensor> Masters { get; }

    /// <summary>Their gradients.</summary>
    public GradientSums Sums { get; }

    /// <summary>The float32 gradients, zero where a weight had no part; the caller's dispose scope owns them.</summary>
    public Tensor[] Gradients() => [.. Masters.Select((master, i) => Sums.Of(i) ?? zeros_like(master))];

    /// <summary>One float32 gradient, zero where the weight had no part; it is forgotten here. The caller's dispose scope
    /// owns it.</summary>
    /// <param name="index">The weight's.</param>
    public Tensor Take(int index)
    {
        Sums.Collect(index);
        var gradient = Sums.Of(index) ?? zeros_like(Masters[index]);
        Sums.Forget(index);
        return gradient;
    }

    /// <summary>Lets the model compute with the masters' present values.</summary>
    public void Publish()
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            Publish(i);
        }
    }

    /// <summary>The same for one weight.</summary>
    public void Publish(int index)
    {
        if (_separate)
        {
            using var noGrad = no_grad();
            using var target = _parameters[index].detach();
            target.copy_(Masters[index]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sums.Forget();
        foreach (var (parameter, original) in _rounded)
        {
            parameter.Becomes(original);
            original.Dispose();
        }

        Publish();
        if (_separate)
        {
            foreach (var master in Masters)
            {
                master.Dispose();
            }
        }
    }
}
