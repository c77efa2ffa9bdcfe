using Finetune.Engine.Models;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>Loss on examples that are not trained on.</summary>
internal static class Validation
{
    /// <summary>Mean of -log p over all label tokens.</summary>
    /// <param name="model">Put into evaluation mode.</param>
    /// <param name="examples">Each with a label.</param>
    /// <param name="device">Where the model lives.</param>
    public static double Loss(CausalModel model, IReadOnlyList<TrainingExample> examples, Device device)
    {
        model.eval();
        using var noGrad = no_grad();
        var sum = 0.0;
        var labels = 0;
        var budget = TokenBudget.OfInference(model.Shape);
        foreach (var pass in TokenBudget.Cut(examples, e => e.Tokens, budget))
        {
            CollectionPause.Breathe();
            using var scope = NewDisposeScope();
            using var batch = LabelledBatch.Of(pass, device);
            var hidden = model.Hidden(batch.Batch);
            var (logProbs, _) = HeadLoss.Score(model, hidden, batch.Targets);
            sum -= logProbs.Sum();
            labels += logProbs.Length;
        }

        return sum / labels;
    }
}
