namespace Finetune.Stages.Verdict;

/// <summary>The metrics a document may name.</summary>
public static class MetricNames
{
    /// <summary>Share of right answers.</summary>
    public const string Accuracy = "accuracy";

    /// <summary>Share of answers equal to the reference, white space at both ends off.</summary>
    public const string ExactMatch = "exact_match";

    /// <summary>Share of label tokens that are the argmax, pooled.</summary>
    public const string TokenAccuracy = "token_accuracy";

    /// <summary>exp of the mean negative log-likelihood of a label token, pooled; lower is better.</summary>
    public const string Perplexity = "perplexity";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Accuracy, ExactMatch, TokenAccuracy, Perplexity];
}
