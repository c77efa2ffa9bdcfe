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
    private readonly Tensor?[] _gradients;
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
        _gradients = new Tensor?[trained.Length];
        _separate = precision == Precision.BFloat16 || _parameters.Any(p => p.dtype != ScalarType.Float32);
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
                    SetData(parameter, copy);
                }
            }
        }
    }

    /// <summary>Checkpoint names, in the model's order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The float32 weights.</summary>
    public IReadOnlyList<Tensor> Masters { get; }

    /// <summary>Moves what a pass left in the parameters into the float32 sums; nothing to do where they are the same.</summary>
    public void Collect()
    {
        if (!_separate)
        {
            return;
        }

        using var noGrad = no_grad();
        for (var i = 0; i < _parameters.Length; i++)
        {
            using var part = _parameters[i].grad;
            if (part is null)
            {
                continue;
            }

            if (_gradients[i] is { } sum)
            {
                sum.add_(part, Scalars.One);
            }
            else
            {
                _gradients[i] = part.to(ScalarType.Float32, copy: true).DetachFromDisposeScope();
            }

            _parameters[i].grad = null;
        }
    }

    /// <summary>The float32 gradients, zero where a weight had no part; the caller's dispose scope owns them.</summary>
    public Tensor[] Gradients()
    {
        var gradients = new Tensor[_parameters.Length];
        for (var i = 0; i < gradients.Length; i++)
        {
            gradients[i] = (_separate ? _gradients[i]?.alias() : _parameters[i].grad) ?? zeros_like(Masters[i]);
        }

        return gradients;
    }

    /// <summary>Forgets the gradients.</summary>
    public void Clear()
    {
        for (var i = 0; i < _parameters.Length; i++)
        {
            _parameters[i].grad = null;
            _gradients[i]?.Dispose();
            _gradients[i] = null;
        }
    }

    /// <summary>Lets the model compute with the masters' present values.</summary>
    public void Publish()
    {
        if (!_separate)
        {
            return;
        }

        using var noGrad = no_grad();
        for (var i = 0; i < _parameters.Length; i++)
        {
            using var target = _parameters[i].detach();
            target.copy_(Masters[i]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        foreach (var (parameter, original) in _rounded)
        {
            SetData(parameter, original);
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

    // What `parameter.data = value` does in Python: same parameter, other storage and type.
    private static void SetData(Tensor parameter, Tensor value) =>
        Dispatcher.Call("aten::set_data"u8, "\0"u8, [StableValue.Of(parameter), StableValue.Of(value)]);
}
