using Finetune.Engine.Models;
using Finetune.Engine.Native;
using Finetune.Engine.Training.Objectives;
using Finetune.Engine.Training.Optimizers;
using static TorchSharp.torch;

namespace Finetune.Engine.Training;

/// <summary>What a step measured.</summary>
/// <param name="Loss">Of the whole step.</param>
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

    /// <summary>What else the objective measured, in the log's order.</summary>
    public IReadOnlyList<(string Name, double Value)> Figures { get; init; } = [];
}

/// <summary>
/// One optimizer step over any number of passes.
/// </summary>
internal sealed class OptimizerStep(
    CausalModel model,
    TrainableWeights weights,
    Optimizer optimizer,
    double maxGradNorm
)
{
    /// <summary>Whether the first of several passes is measured.</summary>
    public bool MeasuresNoise { get; init; }

    /// <summary>Moves weights within the backward pass; null: all at the end.</summary>
    public LayerSteps? InBackward { get; init; }

    /// <summary>Runs every other pass beside the one before it; null: one after the other.</summary>
    public Replica? Replica { get; init; }

    /// <summary>Runs passes, clips, moves the weights.</summary>
    /// <param name="step">The step's loss.</param>
    /// <param name="learningRate">The step's rate.</param>
    /// <returns>What it measured; with a loss or norm that is not finite, the weights have not moved.</returns>
    public StepOutcome Run(IStepLoss step, double learningRate)
    {
        if (InBackward is not null)
        {
            return RunMoving(step, learningRate, InBackward);
        }

        using var scope = NewDisposeScope();
        (double, int)? first = null;
        for (var pass = 0; pass < step.Passes; pass++)
        {
            var own = pass;
            if (Replica is not null && pass + 1 < step.Passes)
            {
                var other = ++pass;
                Replica.Run(() => Run(step, own), (twin, collect) => step.Run(twin, other, collect));
            }
            else
            {
                Run(step, own);
            }

            CollectionPause.Breathe();
            if (MeasuresNoise && step.Passes > 1 && first is null)
            {
                first = Measured(step, own);
            }
        }

        Replica?.GiveTo(weights.Sums);
        var gradients = weights.Gradients();
        var norm = GradientClipping.Clip(gradients, maxGradNorm);
        var loss = step.Loss;
        if (double.IsFinite(loss) && double.IsFinite(norm))
        {
            optimizer.Step(gradients, learningRate);
            weights.Publish();
        }

        weights.Sums.Forget();
        return Outcome(step, norm) with { FirstPass = first };
    }

    private void Run(IStepLoss step, int pass)
    {
        step.Run(model, pass, weights.Sums.Collect);
        weights.Sums.Collect();
    }

    private StepOutcome RunMoving(IStepLoss step, double learningRate, LayerSteps moves)
    {
        using var scope = NewDisposeScope();
        moves.Begin(learningRate);
        step.Run(model, 0, weights.Sums.Collect);
        return Outcome(step, moves.End(double.IsFinite(step.Loss)));
    }

    private static StepOutcome Outcome(IStepLoss step, double norm) =>
        new(step.Loss, norm, step.Tokens, step.LabelTokens)
        {
            Examples = Enumerable.Range(0, step.Passes).Sum(step.Items),
            Figures = step.Figures,
        };

    // The sums hold this pass alone, as its share of the whole step.
    private (double Square, int Examples) Measured(IStepLoss step, int pass)
    {
        using var scope = NewDisposeScope();
        var norm = GradientClipping.Clip(weights.Gradients(), limit: 0) / step.Share(pass);
        return (norm * norm, step.Items(pass));
    }
}
