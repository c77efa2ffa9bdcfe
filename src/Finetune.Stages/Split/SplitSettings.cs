namespace Finetune.Stages.Split;

/// <summary>How rows are parted.</summary>
/// <param name="By"><c>hash</c>, <c>random</c>, <c>field</c> or <c>sources</c> (one source per split).</param>
/// <param name="Train">Fraction for training; null under field and sources.</param>
/// <param name="Validation">Fraction for validation.</param>
/// <param name="Test">Fraction for the test.</param>
/// <param name="Field">Under <c>field</c>: the column whose value names the part (train, validation, test).</param>
/// <param name="Group">Column; rows that share its value never cross a split.</param>
/// <param name="Stratify">Column whose values are spread evenly: exact under random, reported under hash.</param>
/// <param name="Overlap"><c>error</c>, <c>warn</c> or <c>drop</c>.</param>
/// <param name="OverlapColumns">The columns that prompts use, ordinal order: rows of two splits that are equal in all of
/// them overlap.</param>
/// <param name="Seed">Seeds hash and random.</param>
public sealed record SplitSettings(
    string By,
    double? Train,
    double? Validation,
    double? Test,
    string? Field,
    string? Group,
    string? Stratify,
    string Overlap,
    IReadOnlyList<string> OverlapColumns,
    long Seed
);
