namespace Finetune.Stages.Templates;

/// <summary>A place where a template reads a column.</summary>
/// <param name="Name">The column.</param>
/// <param name="Line">1-based line in the template's text.</param>
/// <param name="Column">1-based column in UTF-16 units.</param>
/// <param name="Length">Columns to underline.</param>
public sealed record ColumnUse(string Name, int Line, int Column, int Length);
