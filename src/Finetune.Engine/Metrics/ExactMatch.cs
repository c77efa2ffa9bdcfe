namespace Finetune.Engine.Metrics;

/// <summary>
/// Whether an answer is the right one: equal as strings once white space at both ends is off. Nothing else is
/// forgiven: not case, not punctuation, not Unicode form.
/// </summary>
public static class ExactMatch
{
    /// <summary>Whether they match; no answer never does.</summary>
    public static bool Is(string? prediction, string reference) =>
        prediction is not null
        && prediction.AsSpan().Trim().Equals(reference.AsSpan().Trim(), StringComparison.Ordinal);

    /// <summary>The share that matches, NaN for none.</summary>
    public static double Of(IEnumerable<(string? Prediction, string Reference)> answers) =>
        Accuracy.Of(answers.Select(a => Is(a.Prediction, a.Reference)));
}
