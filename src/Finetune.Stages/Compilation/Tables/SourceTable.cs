namespace Finetune.Stages.Compilation.Tables;

/// <summary>What compilation knows of a source.</summary>
/// <param name="Name">The source's name.</param>
/// <param name="Files">Absolute paths in reading order; empty after a fault.</param>
/// <param name="Format"><c>csv</c>, <c>tsv</c>, <c>jsonl</c> or <c>parquet</c>; null after a fault.</param>
/// <param name="Columns">Our names of the columns that every file has; null after a fault: then nothing can be said
/// of columns.</param>
internal sealed record SourceTable(
    string Name,
    IReadOnlyList<string> Files,
    string? Format,
    IReadOnlyList<string>? Columns
)
{
    /// <summary>Why files are not here; null where all are.</summary>
    public string? Missing { get; init; }
}
