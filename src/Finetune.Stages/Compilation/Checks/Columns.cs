using Finetune.Stages.Compilation.Tables;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>The columns that rows have wherever they come from.</summary>
/// <param name="Tables">The tables that splits take rows from.</param>
internal sealed record Columns(IReadOnlyList<SourceTable> Tables)
{
    /// <summary>Whether anything can be said of columns.</summary>
    public bool Known => Tables.Count > 0 && Tables.All(t => t.Columns is not null);

    /// <summary>Columns that all tables have.</summary>
    public IReadOnlyList<string> Names =>
        Known
            ? [.. Tables[0].Columns!.Where(c => Tables.All(t => t.Columns!.Contains(c, StringComparer.Ordinal)))]
            : [];

    /// <summary>The first table that lacks a column, or null.</summary>
    public SourceTable? Lacking(string column) =>
        Known ? Tables.FirstOrDefault(t => !t.Columns!.Contains(column, StringComparer.Ordinal)) : null;
}
