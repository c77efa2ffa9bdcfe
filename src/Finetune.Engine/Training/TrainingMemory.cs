using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>All tensors of a training that the next step depends on.</summary>
internal static class TrainingMemory
{
    /// <summary>Weights, what the optimizer remembers and the average, by the names of the weights.</summary>
    public static IReadOnlyList<(string Name, Tensor Value)> Of(
        TrainableWeights weights,
        Optimizer optimizer,
        WeightAverage? average
    ) =>
        [
            .. weights.Names.Zip(weights.Masters),
            .. optimizer.State.Select(s => ($"{s.Name}.{weights.Names[s.Weight]}", s.Value)),
            .. average is null ? [] : weights.Names.Select(name => $"average.{name}").Zip(average.Values),
        ];
}
