namespace Finetune.Stages.Artifacts;

/// <summary>What splitting did; <c>ledger.json</c> of <c>split</c>.</summary>
/// <param name="By">How rows were parted: <c>hash</c>, <c>random</c>, <c>field</c> or <c>sources</c>.</param>
/// <param name="Rows">Rows that came in.</param>
/// <param name="Splits">Split name to its counts: train, validation, test.</param>
/// <param name="Groups">How many groups there were; null without <c>group</c>.</param>
/// <param name="Stratify">The column of <see cref="SplitCounts.Strata"/>.</param>
/// <param name="Overlaps">For every pair of splits, rows equal in all that prompts use.</param>
public sealed record SplitLedger(
    string By,
    long Rows,
    IReadOnlyDictionary<string, SplitCounts> Splits,
    long? Groups,
    string? Stratify,
    IReadOnlyList<SplitOverlap> Overlaps
);

/// <summary>One split.</summary>
/// <param name="Rows">Rows kept.</param>
/// <param name="Dropped">Rows dropped because they overlap with another split.</param>
/// <param name="Duplicates">Rows that equal an earlier row of the same split in all that prompts use.</param>
/// <param name="Strata">Value of the stratifying column to rows kept, ordinal order; null without one.</param>
public sealed record SplitCounts(long Rows, long Dropped, long Duplicates, IReadOnlyDictionary<string, long>? Strata);

/// <summary>Rows that two splits share.</summary>
/// <param name="First">A split.</param>
/// <param name="Second">A later split.</param>
/// <param name="Texts">How many different rows they share.</param>
/// <param name="Rows">The first of them: row numbers on either side.</param>
public sealed record SplitOverlap(string First, string Second, long Texts, IReadOnlyList<SharedRow> Rows);

/// <summary>One shared row.</summary>
/// <param name="First">Its number in the first split.</param>
/// <param name="Second">Its number in the second.</param>
public sealed record SharedRow(long First, long Second);

/// <summary>What rendering did; <c>ledger.json</c> of <c>render</c>.</summary>
/// <param name="Templates">In the order written.</param>
public sealed record RenderLedger(IReadOnlyList<TemplateCounts> Templates);

/// <summary>One template.</summary>
/// <param name="Template">Its name.</param>
/// <param name="Train">Training examples made with it.</param>
/// <param name="Validation">Validation examples.</param>
/// <param name="Test">Test examples.</param>
/// <param name="Choices">How many choices all rows share; null for free text and where rows have their own.</param>
/// <param name="Contradictions">Prompts of the training split that occur with different completions.</param>
/// <param name="ContradictingRows">The first rows that have one: number of the earlier and of the later row.</param>
public sealed record TemplateCounts(
    string Template,
    long Train,
    long Validation,
    long Test,
    int? Choices,
    long Contradictions,
    IReadOnlyList<SharedRow> ContradictingRows
);

/// <summary>What tokenizing did; <c>ledger.json</c> of <c>tokenize</c>.</summary>
/// <param name="MaxLength">Longest example allowed.</param>
/// <param name="Overlong">What was done with longer ones.</param>
/// <param name="Splits">Split name to its counts: train, validation.</param>
public sealed record TokenLedger(int MaxLength, string Overlong, IReadOnlyDictionary<string, TokenCounts> Splits);

/// <summary>One split in tokens, end of sequence included.</summary>
/// <param name="Examples">Examples kept.</param>
/// <param name="Tokens">All tokens.</param>
/// <param name="LabelTokens">Tokens that carry loss.</param>
/// <param name="Dropped">Examples dropped for their length.</param>
/// <param name="DroppedRows">The first of their row numbers.</param>
/// <param name="Truncated">Examples whose prompt was cut.</param>
/// <param name="TruncatedRows">The first of their row numbers.</param>
/// <param name="Lengths">Of the examples kept; null where there are none.</param>
public sealed record TokenCounts(
    long Examples,
    long Tokens,
    long LabelTokens,
    long Dropped,
    IReadOnlyList<long> DroppedRows,
    long Truncated,
    IReadOnlyList<long> TruncatedRows,
    LengthSummary? Lengths
);

/// <summary>How long examples are, in tokens.</summary>
/// <param name="Min">Shortest.</param>
/// <param name="Median">Half are no longer (nearest rank).</param>
/// <param name="P95">95 of 100 are no longer (nearest rank).</param>
/// <param name="Max">Longest.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Histogram">Bins of equal width from the shortest on, at most 20.</param>
public sealed record LengthSummary(
    int Min,
    int Median,
    int P95,
    int Max,
    double Mean,
    IReadOnlyList<LengthBin> Histogram
);

/// <summary>Examples whose length is within both ends.</summary>
/// <param name="From">Shortest length.</param>
/// <param name="To">Longest length.</param>
/// <param name="Count">Examples.</param>
public sealed record LengthBin(int From, int To, long Count);
