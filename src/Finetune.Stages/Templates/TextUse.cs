namespace Finetune.Stages.Templates;

/// <summary>What texts read of a row.</summary>
/// <param name="Columns">The columns they name, ordinal order.</param>
/// <param name="WholeRow">Whether they read columns by a computed name, or all of them.</param>
public sealed record TextUse(IReadOnlyList<string> Columns, bool WholeRow)
{
    /// <summary>What several texts read together.</summary>
    public static TextUse Of(IEnumerable<RowTemplate> texts)
    {
        var all = texts.ToList();
        return new TextUse(
            [.. all.SelectMany(t => t.Columns).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            all.Exists(t => t.UsesWholeRow)
        );
    }

    /// <summary>Whether the texts read a column.</summary>
    public bool Reads(string column) => WholeRow || Columns.Contains(column, StringComparer.Ordinal);
}
