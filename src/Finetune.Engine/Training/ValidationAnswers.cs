namespace Finetune.Engine.Training;

/// <summary>How a model answered the validation rows.</summary>
/// <param name="Accuracy">Share answered right, 0 to 1.</param>
/// <param name="Samples">Some of the answers, for the log.</param>
public sealed record ValidationAnswers(double Accuracy, IReadOnlyList<SampledAnswer> Samples)
{
    /// <summary>An accuracy alone.</summary>
    public static ValidationAnswers FromDouble(double accuracy) => new(accuracy, []);

    /// <summary>An accuracy alone.</summary>
    public static implicit operator ValidationAnswers(double accuracy) => FromDouble(accuracy);
}

/// <summary>An answer as the log has it.</summary>
/// <param name="Row">The row's number.</param>
/// <param name="Template">The wording.</param>
/// <param name="Prompt">What was asked.</param>
/// <param name="Reference">What was right.</param>
/// <param name="Prediction">What was answered; null where the prompt did not fit.</param>
/// <param name="Correct">Whether it was right.</param>
public sealed record SampledAnswer(
    long Row,
    string Template,
    string Prompt,
    string Reference,
    string? Prediction,
    bool Correct
);
