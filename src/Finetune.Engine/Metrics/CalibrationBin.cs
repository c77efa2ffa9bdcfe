namespace Finetune.Engine.Metrics;

/// <summary>Answers of like confidence: a point of a reliability diagram.</summary>
/// <param name="Count">How many.</param>
/// <param name="Correct">Their share of right ones; NaN for none.</param>
/// <param name="Confidence">Their mean confidence; NaN for none.</param>
public readonly record struct CalibrationBin(int Count, double Correct, double Confidence)
{
    /// <summary>How far the two lie apart.</summary>
    public double Gap => Math.Abs(Correct - Confidence);
}
