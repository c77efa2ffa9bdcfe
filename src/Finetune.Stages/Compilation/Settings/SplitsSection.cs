using Finetune.Stages.Compilation.Schema;

namespace Finetune.Stages.Compilation.Settings;

/// <summary>How rows are parted.</summary>
public abstract record SplitsSection
{
    /// <summary>What to do with rows of two splits that are equal in every column that prompts use.</summary>
    [Words("error", "warn", "drop")]
    [Example("\"error\"")]
    public string Overlap { get; init; } = "error";
}

/// <summary>One source, parted by fractions or by a column.</summary>
public sealed record FractionSplitsSection : SplitsSection
{
    /// <summary>The source whose rows are parted.</summary>
    [NotEmpty]
    [Example("\"messages\"")]
    public required string From { get; init; }

    /// <summary>Fraction of the rows to train on; the fractions sum to 1. Default: none; wanted unless a column names the parts.</summary>
    [Bounds(0, 1)]
    [Example("0.8")]
    public double? Train { get; init; }

    /// <summary>Fraction of the rows to validate on. Default: none.</summary>
    [Bounds(0, 1)]
    [Example("0.1")]
    public double? Validation { get; init; }

    /// <summary>Fraction of the rows to test on. Default: none.</summary>
    [Bounds(0, 1)]
    [Example("0.1")]
    public double? Test { get; init; }

    /// <summary>hash: by each row's content, stable when rows are added; random: exact quotas; field: a column names the part.</summary>
    [OneOf(typeof(Word), typeof(ByFieldSection), Words = ["hash", "random"])]
    [Example("\"hash\"")]
    public SplitRule By { get; init; } = new("hash", null);

    /// <summary>A column; rows that share its value never cross a split. Default: none.</summary>
    [NotEmpty]
    [Example("\"customer\"")]
    public string? Group { get; init; }

    /// <summary>A column whose values are spread evenly: exact under random, reported under hash. Default: none.</summary>
    [NotEmpty]
    [Example("\"intent\"")]
    public string? Stratify { get; init; }
}

/// <summary>One source for each split.</summary>
public sealed record SourceSplitsSection : SplitsSection
{
    /// <summary>The source of the rows to train on.</summary>
    [NotEmpty]
    [Example("\"training_rows\"")]
    public required string Train { get; init; }

    /// <summary>The source of the rows to validate on. Default: none.</summary>
    [NotEmpty]
    [Example("\"validation_rows\"")]
    public string? Validation { get; init; }

    /// <summary>The source of the rows to test on. Default: none.</summary>
    [NotEmpty]
    [Example("\"test_rows\"")]
    public string? Test { get; init; }
}

/// <summary>The rule that parts rows.</summary>
/// <param name="Kind"><c>hash</c>, <c>random</c> or <c>field</c>.</param>
/// <param name="Column">Under <c>field</c>: the column.</param>
public sealed record SplitRule(string Kind, string? Column);

/// <summary>A column names the part of each row.</summary>
public sealed record ByFieldSection
{
    /// <summary>Where the parts are named.</summary>
    [Example("""{ "column": "part" }""")]
    public required FieldSection Field { get; init; }
}

/// <summary>The column that names the parts.</summary>
public sealed record FieldSection
{
    /// <summary>A column with the values train, validation and test.</summary>
    [NotEmpty]
    [Example("\"part\"")]
    public required string Column { get; init; }
}
