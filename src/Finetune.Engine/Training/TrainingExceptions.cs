namespace Finetune.Engine.Training;

/// <summary>Loss or gradient is no longer a finite number.</summary>
/// <param name="step">The step, from 1.</param>
/// <param name="rows">Its examples, as indices into the training examples; empty for a validation.</param>
/// <param name="loss">The step's loss.</param>
/// <param name="gradientNorm">The step's gradient norm; null for a validation.</param>
public sealed class TrainingDivergedException(int step, IReadOnlyList<int> rows, double loss, double? gradientNorm)
    : Exception(
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"step {step}: {(gradientNorm is null ? "validation loss" : "loss")} {loss}, gradient norm {gradientNorm}; finite numbers wanted. A lower learning rate or a longer warm-up is the usual cure."
        )
    )
{
    /// <summary>From 1.</summary>
    public int Step { get; } = step;

    /// <summary>Indices into the training examples.</summary>
    public IReadOnlyList<int> Rows { get; } = rows;

    /// <summary>The step's loss.</summary>
    public double Loss { get; } = loss;

    /// <summary>The step's gradient norm.</summary>
    public double? GradientNorm { get; } = gradientNorm;
}

/// <summary>The loss has leapt far above those before.</summary>
/// <param name="step">The last step, from 1.</param>
/// <param name="rows">Its examples, as indices into the training examples.</param>
/// <param name="loss">Its loss.</param>
/// <param name="median">Of the losses before.</param>
/// <param name="spikes">Steps of such a loss, one after another.</param>
/// <param name="checkpoint">The step of the checkpoint that is left, from before the first of them; 0 for none.</param>
public sealed class LossSpikeException(
    int step,
    IReadOnlyList<int> rows,
    double loss,
    double median,
    int spikes,
    int checkpoint
)
    : Exception(
        string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"step {step}: loss {loss}, {loss / median:0.#} times the median {median} of the steps before, {spikes} such steps one after another; {(checkpoint == 0 ? "no checkpoint is from before them" : $"the checkpoint of step {checkpoint} is from before them")}"
        )
    )
{
    /// <summary>From 1.</summary>
    public int Step { get; } = step;

    /// <summary>Indices into the training examples.</summary>
    public IReadOnlyList<int> Rows { get; } = rows;
}

/// <summary>Examples that cannot be trained on.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="rows">Indices of the examples at fault.</param>
public sealed class TrainingDataException(string message, IReadOnlyList<int> rows) : Exception(message)
{
    /// <summary>Indices of the examples at fault.</summary>
    public IReadOnlyList<int> Rows { get; } = rows;
}
