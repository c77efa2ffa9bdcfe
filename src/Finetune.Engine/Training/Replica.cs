using Finetune.Engine.Adapters;
using Finetune.Engine.Models;
using Finetune.Engine.Models.Parts;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>
/// The modules of a model once more, over the same weights, with gradients of their own: two passes of a step can then run
/// at once, each on its own thread. For narrow models alone, whose products are too small to be shared by threads; the
/// others' are, and a second set of gradients would be large. Which pass runs where is fixed, and gradients are added up in
/// a fixed order, so the same bytes come out on one core as on two.
/// </summary>
internal sealed class Replica : IDisposable
{
    private readonly CausalModel _model;
    private readonly GradientSums _sums;
    private readonly Lane _lane = new();

    /// <summary>Makes one.</summary>
    /// <param name="model">A model that <see cref="Suits"/>, in the numbers it will compute in.</param>
    public Replica(CausalModel model)
    {
        _model = ModelFamilies.Create(model.Config!, new Placement(ScalarType.Float32, CPU));
        _model.Recomputes = model.Recomputes;
        foreach (var (own, other) in TargetLayers.All(_model).Zip(TargetLayers.All(model)))
        {
            own.Layer.Adapter = other.Layer.Adapter?.Like();
        }

        var originals = model.named_parameters().ToArray();
        var parameters = _model.named_parameters().ToArray();
        foreach (var (own, other) in parameters.Zip(originals))
        {
            using var values = other.parameter.detach();
            own.parameter.Becomes(values);
            own.parameter.requires_grad = other.parameter.requires_grad;
        }

        var trained = parameters.Select(p => (Tensor)p.parameter).Where(p => p.requires_grad).ToArray();
        _sums = new GradientSums(trained, trained.Any(p => p.dtype != ScalarType.Float32));
        _model.train();
    }

    /// <summary>Whether a training runs on two threads this way; follows from the model and what is asked for.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What is asked for: nothing that draws numbers or runs a step in one pass.</param>
    public static bool Suits(CausalModel model, TrainingOptions options) =>
        Threads.IsNarrow(model.Shape)
        && model.IsOnProcessor
        && model.Config is not null
        && !options.OptimizerInBackward
        && options.EmbeddingNoise == 0
        && !model.modules().OfType<Linear>().Any(layer => layer.IsFrozen || layer.Adapter is { Dropout: > 0 });

    /// <summary>Runs two passes at once.</summary>
    /// <param name="here">The model's own.</param>
    /// <param name="beside">Takes this one's modules, and what to do after each stretch of the head.</param>
    public void Run(Action here, Action<CausalModel, Action> beside) =>
        _lane.Run(
            here,
            () =>
            {
                beside(_model, _sums.Collect);
                _sums.Collect();
            }
        );

    /// <summary>Adds what its passes left to the model's own sums.</summary>
    public void GiveTo(GradientSums sums) => sums.TakeFrom(_sums);

    /// <inheritdoc/>
    public void Dispose()
    {
        _lane.Dispose();
        _sums.Forget();
        _model.Dispose();
    }
}
