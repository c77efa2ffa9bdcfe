using Finetune.Engine.Models;
using Finetune.Engine.Training.Objectives;
using Finetune.Engine.Training.Preference;

namespace Finetune.Engine.Training;

/// <summary>Trains a causal language model on labelled tokens.</summary>
public static class Trainer
{
    /// <summary>
    /// Trains, validates, writes the log, and leaves the kept weights in the model. Cut at any moment and called again
    /// with the same arguments, it goes on from its last checkpoint and ends with the same bytes as if it never was cut.
    /// </summary>
    /// <param name="model">Its parameters that require a gradient are trained. Best loaded in float32, also to compute in
    /// bfloat16.</param>
    /// <param name="train">At least one, each with a label.</param>
    /// <param name="validation">May be empty.</param>
    /// <param name="validationAccuracy">How validation rows are answered; null when it is not wanted.</param>
    /// <param name="options">Everything else.</param>
    /// <param name="logPath">Where the log goes at the end: one JSON object a line, a step's
    /// <c>step, epoch, loss, grad_norm, learning_rate, tokens, label_tokens</c> or a validation's
    /// <c>step, validation_loss, validation_accuracy</c>, with <c>samples</c> where there are any.</param>
    /// <param name="checkpointFolder">For this training alone; the caller removes it when it has the results.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellationToken">Stops after the step under way, with a checkpoint.</param>
    /// <exception cref="TrainingDataException">No examples, or one without a label.</exception>
    /// <exception cref="TrainingDivergedException">A loss or gradient that is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, checkpoint written.</exception>
    public static TrainingResult Run(
        CausalModel model,
        IReadOnlyList<TrainingExample> train,
        IReadOnlyList<TrainingExample> validation,
        Func<CausalModel, ValidationAnswers>? validationAccuracy,
        TrainingOptions options,
        string logPath,
        string checkpointFolder,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        CheckLabels(train, "training");
        if (validation.Count > 0)
        {
            CheckLabels(validation, "validation");
        }

        var cut = Passes(model, options);
        var objective = new CrossEntropyObjective(train, validation, validationAccuracy, options, cut);
        return Run(model, objective, cut, options, logPath, checkpointFolder, progress, cancellationToken);
    }

    /// <summary>Trains on pairs of completions; the rest is as with labelled tokens. A validation's accuracy is the share
    /// of pairs whose chosen completion has the higher reward.</summary>
    /// <param name="model">Its parameters that require a gradient are trained.</param>
    /// <param name="train">At least one, each side with a label, with its reference sums where the loss has them.</param>
    /// <param name="validation">May be empty.</param>
    /// <param name="preference">The loss.</param>
    /// <param name="options">Everything else; <see cref="TrainingOptions.Loss"/> is not used.</param>
    /// <param name="logPath">Where the log goes at the end: a step's line has besides <c>rewards/chosen,
    /// rewards/rejected, rewards/accuracies, rewards/margins, logps/chosen, logps/rejected</c> and, where the loss has
    /// such a term, <c>nll_loss</c>, all means over pairs or tokens before the step.</param>
    /// <param name="checkpointFolder">For this training alone.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellationToken">Stops after the step under way, with a checkpoint.</param>
    /// <exception cref="TrainingDataException">No pairs, or one without a label.</exception>
    /// <exception cref="TrainingDivergedException">A loss or gradient that is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, checkpoint written.</exception>
    public static TrainingResult Run(
        CausalModel model,
        IReadOnlyList<PreferencePair> train,
        IReadOnlyList<PreferencePair> validation,
        PreferenceOptions preference,
        TrainingOptions options,
        string logPath,
        string checkpointFolder,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        CheckLabels([.. train.Select(p => p.Chosen)], "training");
        CheckLabels([.. train.Select(p => p.Rejected)], "training");
        if (validation.Count > 0)
        {
            CheckLabels([.. validation.Select(p => p.Chosen)], "validation");
            CheckLabels([.. validation.Select(p => p.Rejected)], "validation");
        }

        var cut = Passes(model, options);
        var objective = new PreferenceObjective(train, validation, preference, cut);
        return Run(model, objective, cut, options, logPath, checkpointFolder, progress, cancellationToken);
    }

    private static TrainingResult Run(
        CausalModel model,
        IObjective objective,
        StepPasses cut,
        TrainingOptions options,
        string logPath,
        string checkpointFolder,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        Directory.CreateDirectory(checkpointFolder);
        using var run = new TrainingRun(model, objective, cut, options, checkpointFolder, progress);
        try
        {
            return run.ToEnd(cancellationToken);
        }
        finally
        {
            run.CopyLog(logPath);
            model.eval();
        }
    }

    private static StepPasses Passes(CausalModel model, TrainingOptions options) =>
        new(options, model.Shape, Replica.Suits(model, options));

    private static void CheckLabels(IReadOnlyList<TrainingExample> examples, string set)
    {
        var without = Enumerable.Range(0, examples.Count).Where(i => examples[i].LabelTokens == 0).ToArray();
        if (examples.Count == 0 || without.Length > 0)
        {
            throw new TrainingDataException(
                examples.Count == 0
                    ? $"no {set} examples; at least one is needed"
                    : $"{without.Length} {set} examples carry no loss on any token, the first is number {without[0] + 1}; "
                        + "each needs at least one labelled token",
                without
            );
        }
    }
}
