using Finetune.Engine.Metrics.Texts;

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

    /// <summary>F1 over the words of text and reference, as SQuAD has it; mean over answers.</summary>
    public const string F1 = "f1";

    /// <summary>chrF of an answer by itself (sacreBLEU's sentence chrF), 0 to 1; mean over answers.</summary>
    public const string Chrf = "chrf";

    /// <summary>Those that every verdict has.</summary>
    public static IReadOnlyList<string> Usual { get; } = [Accuracy, ExactMatch, TokenAccuracy, Perplexity];

    /// <summary>All of them; ROUGE-1, -2, -L and -Lsum are F without stems, means over answers.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Usual, F1, .. Rouge.Names, Chrf];
}
