using Finetune.Engine.Models;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>What a step measured.</summary>
/// <param name="Loss">Mean over the label tokens of the whole step.</param>
/// <param name="GradientNorm">L2 over all trained weights, before clipping.</param>
/// <param name="Tokens">Tokens of its examples.</param>
/// <param name="LabelTokens">Those that carry loss.</param>
internal sealed record StepOutcome(double Loss, double GradientNorm, int Tokens, int LabelTokens)
{
    /// <summary>Squared norm of the first pass's mean gradient and its examples; null where it was not asked for, or one
    /// pass was the whole step.</summary>
    public (double Square, int Examples)? FirstPass { get; init; }

    /// <summary>Examples of the step.</summary>
    public int Examples { get; init; }
}

/// <summary>
/// One optimizer step over any number of passes. Each pass is scaled by the label tokens of the whole step, so how the
/// step is cut into passes changes nothing but rounding.
/// </summary>
internal sealed class OptimizerStep(
    CausalModel model,
    TrainableWeights weights,
    Optimizer optimizer,
    double maxGradNorm
)
{
    /// <summary>What a label costs.</summary>
    public LossOptions Loss { get; init; } = LossOptions.Plain;

    /// <summary>Whether the first of several passes is measured.</summary>
    public bool MeasuresNoise { get; init; }

    /// <summary>Runs passes, clips, moves the weights.</summary>
    /// <param name="passes">The step's examples, cut into passes.</param>
    /// <param name="learningRate">The step's rate.</param>
    /// <returns>What it measured; with a loss or norm that is not finite, the weights have not moved.</returns>
    public StepOutcome Run(IReadOnlyList<IReadOnlyList<TrainingExample>> passes, double learningRate)
    {
        using var scope = NewDisposeScope();
        var labels = passes.Sum(pass => pass.Sum(example => example.LabelTokens));
        var sum = 0.0;
        (double, int)? first = null;
        foreach (var pass in passes)
        {
            sum += Pass(pass, 1.0 / labels);
            if (MeasuresNoise && passes.Count > 1 && first is null)
            {
                first = Measured(pass, labels);
            }
        }

        var gradients = weights.Gradients();
        var norm = GradientClipping.Clip(gradients, maxGradNorm);
        var loss = sum / labels;
        if (double.IsFinite(loss) && double.IsFinite(norm))
        {
            optimizer.Step(gradients, learningRate);
            weights.Publish();
        }

        weights.Clear();
        return new StepOutcome(loss, norm, passes.Sum(pass => pass.Sum(example => example.Tokens)), labels)
        {
            FirstPass = first,
            Examples = passes.Sum(pass => pass.Count),
        };
    }

    // The sums hold the first pass alone, scaled by the labels of the whole step.
    private (double Square, int Examples) Measured(IReadOnlyList<TrainingExample> pass, int labels)
    {
        using var scope = NewDisposeScope();
        var norm =
            GradientClipping.Clip(weights.Gradients(), limit: 0) * labels / pass.Sum(example => example.LabelTokens);
        return (norm * norm, pass.Count);
    }

    private double Pass(IReadOnlyList<TrainingExample> examples, double scale)
    {
        using var scope = NewDisposeScope();
        using var batch = LabelledBatch.Of(examples, weights.Masters[0].device);
        var hidden = model.Hidden(batch.Batch).index_select(0, batch.Places);
        var sum = HeadLoss.Backward(model, hidden, batch.Targets, scale, weights.Collect, Loss);
        weights.Collect();
        return sum;
    }
}
