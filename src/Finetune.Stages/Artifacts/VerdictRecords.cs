using System.Text.Json.Serialization;

namespace Finetune.Stages.Artifacts;

/// <summary>The judgement of all contenders on the same rows: <c>verdict.json</c>.</summary>
/// <param name="Version">Of this format; 1.</param>
/// <param name="Rows">Test rows.</param>
/// <param name="Examples">Rows times templates: how many answers each contender gave.</param>
/// <param name="Templates">Names, in the order rows meet them.</param>
/// <param name="Metrics">What was asked for, document order; the first is the headline.</param>
/// <param name="Confidence">Of every interval, such as 0.95.</param>
/// <param name="Contenders">By name, document order.</param>
/// <param name="Pairs">Differences, one a pair of contenders and metric.</param>
/// <param name="Flips">Which answers changed, one a contender that the last one is compared with.</param>
public sealed record VerdictRecord(
    int Version,
    int Rows,
    int Examples,
    IReadOnlyList<string> Templates,
    IReadOnlyList<string> Metrics,
    double Confidence,
    IReadOnlyDictionary<string, ContenderVerdict> Contenders,
    IReadOnlyList<PairVerdict> Pairs,
    IReadOnlyList<FlipRecord> Flips
)
{
    /// <summary>How generated text was read; null where all of it was the answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnswerSettings? Answers { get; init; }

    /// <summary>The tuned model trained with several seeds; null where there is one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeedVerdict? Seeds { get; init; }

    /// <summary>What tuning did to the rest of the model; null where it was not asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GeneralVerdict? General { get; init; }

    /// <summary>Groups of rows, judged by themselves; null where none were asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SliceVerdict>? Slices { get; init; }
}

/// <summary>Test rows grouped by a column.</summary>
/// <param name="Column">The column.</param>
/// <param name="ByLength">By the length of its text, not by its values.</param>
/// <param name="Groups">By falling number of rows; by rising length.</param>
public sealed record SliceVerdict(string Column, bool ByLength, IReadOnlyList<SliceGroup> Groups);

/// <summary>One group of rows.</summary>
/// <param name="Name">The value, or the lengths.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Contenders">Each one's accuracy on them.</param>
/// <param name="Pair">The headline's contenders on them, in accuracy; null where one stands alone. Its adjusted p is held
/// against all groups of the slice.</param>
public sealed record SliceGroup(
    string Name,
    int Rows,
    IReadOnlyDictionary<string, TemplateVerdict> Contenders,
    PairVerdict? Pair
)
{
    /// <summary>Which rows, by number, in test order.</summary>
    public IReadOnlyList<long> Numbers { get; init; } = [];
}

/// <summary>One contender.</summary>
/// <param name="Metrics">Metric to value; null where it is not defined (perplexity of no tokens).</param>
/// <param name="Intervals">Metric to its interval, rows as the unit.</param>
/// <param name="Correct">Right answers.</param>
/// <param name="Unanswered">Prompts that did not fit; they count as wrong.</param>
/// <param name="PromptTokens">What its prompts cost.</param>
/// <param name="Templates">Accuracy wording by wording.</param>
/// <param name="Stops">Free text only: why generation ended, to how often.</param>
/// <param name="Labels">Choices only: label by label, and which was taken for which.</param>
public sealed record ContenderVerdict(
    IReadOnlyDictionary<string, double?> Metrics,
    IReadOnlyDictionary<string, IntervalRecord> Intervals,
    int Correct,
    int Unanswered,
    PromptCost PromptTokens,
    IReadOnlyDictionary<string, TemplateVerdict> Templates,
    IReadOnlyDictionary<string, int>? Stops,
    LabelVerdict? Labels
)
{
    /// <summary>Generated texts that hold no answer of the kind that was asked for; they count as wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Unreadable { get; init; }

    /// <summary>Choices only: whether it is right as often as it is sure.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CalibrationVerdict? Calibration { get; init; }
}

/// <summary>Whether answers are right as often as the model is sure of them. How sure: the probability of the choice taken
/// among the choices.</summary>
/// <param name="Ece">Expected calibration error: the mean distance of a bin's share of right answers from its mean
/// confidence, weighted by answers (Naeini and others 2015).</param>
/// <param name="Brier">Mean squared difference of confidence and truth.</param>
/// <param name="Bins">Ten of equal width, the lowest confidence first.</param>
public sealed record CalibrationVerdict(double Ece, double Brier, IReadOnlyList<ConfidenceBin> Bins);

/// <summary>Answers of like confidence.</summary>
/// <param name="Answers">How many.</param>
/// <param name="Accuracy">Their share of right ones; null for none.</param>
/// <param name="Confidence">Their mean confidence; null for none.</param>
public sealed record ConfidenceBin(int Answers, double? Accuracy, double? Confidence);

/// <summary>Both ends of an interval.</summary>
public sealed record IntervalRecord(double Low, double High);

/// <summary>Tokens of prompts as sent, few-shot examples included.</summary>
/// <param name="Total">Of all prompts.</param>
/// <param name="Mean">Of one prompt.</param>
/// <param name="Max">Of the longest prompt.</param>
/// <param name="Window">Most tokens a prompt and its answer may have.</param>
public sealed record PromptCost(long Total, double Mean, int Max, int Window);

/// <summary>One wording.</summary>
/// <param name="Examples">Answers.</param>
/// <param name="Correct">Right ones.</param>
/// <param name="Accuracy">Their share.</param>
/// <param name="Low">Lower end of Wilson's interval.</param>
/// <param name="High">Upper end of Wilson's interval.</param>
public sealed record TemplateVerdict(int Examples, int Correct, double Accuracy, double Low, double High);

/// <summary>Label by label.</summary>
/// <param name="Names">Right and answered labels by code point; a prompt that did not fit counts as
/// <see cref="NoAnswer"/>.</param>
/// <param name="Precision">One a label.</param>
/// <param name="Recall">One a label.</param>
/// <param name="F1">One a label.</param>
/// <param name="Support">Answers whose right label this is.</param>
/// <param name="MacroF1">Mean F1 over the labels, <see cref="NoAnswer"/> left out.</param>
/// <param name="Confusion">Right label (row) to answered label (column) to count.</param>
public sealed record LabelVerdict(
    IReadOnlyList<string> Names,
    IReadOnlyList<double> Precision,
    IReadOnlyList<double> Recall,
    IReadOnlyList<double> F1,
    IReadOnlyList<int> Support,
    double MacroF1,
    IReadOnlyList<IReadOnlyList<int>> Confusion
)
{
    /// <summary>Stands for a prompt that did not fit.</summary>
    public const string NoAnswer = "(no answer)";
}

/// <summary>How far the second contender lies from the first.</summary>
/// <param name="First">A contender.</param>
/// <param name="Second">Another.</param>
/// <param name="Metric">What is compared.</param>
/// <param name="Difference">Second minus first.</param>
/// <param name="Low">Lower end of the difference's interval: paired bootstrap over rows; of accuracy and exact match as wide as
/// Tango's score interval too where fewer than ten rows differ.</param>
/// <param name="High">Upper end.</param>
/// <param name="Word"><c>better</c> or <c>worse</c> (the second) where the interval leaves 0 out, else
/// <c>not distinguishable</c>.</param>
/// <param name="P">Two-sided. Accuracy and exact match: McNemar's exact test over rows; else from the bootstrap.</param>
/// <param name="AdjustedP">P held against all pairs and metrics of the verdict at once (Holm 1979): at or below 0.05 says
/// that hardly one of all of them is chance.</param>
/// <param name="Fixed">Answers that only the second got right.</param>
/// <param name="Broken">Answers that only the first got right.</param>
public sealed record PairVerdict(
    string First,
    string Second,
    string Metric,
    double Difference,
    double Low,
    double High,
    string Word,
    double P,
    double AdjustedP,
    int Fixed,
    int Broken
)
{
    /// <summary>The second gained.</summary>
    public const string Better = "better";

    /// <summary>The second lost.</summary>
    public const string Worse = "worse";

    /// <summary>The interval holds 0.</summary>
    public const string NotDistinguishable = "not distinguishable";
}

/// <summary>Which answers changed between two contenders.</summary>
/// <param name="First">A contender.</param>
/// <param name="Second">Another.</param>
/// <param name="Fixed">Only the second was right.</param>
/// <param name="Broken">Only the first was right.</param>
public sealed record FlipRecord(
    string First,
    string Second,
    IReadOnlyList<AnswerPlace> Fixed,
    IReadOnlyList<AnswerPlace> Broken
);

/// <summary>One answer.</summary>
/// <param name="Row">The row's number in its source.</param>
/// <param name="Template">The template's name.</param>
public sealed record AnswerPlace(long Row, string Template);
