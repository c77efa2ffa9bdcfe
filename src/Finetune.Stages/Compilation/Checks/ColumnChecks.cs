using Finetune.Stages.Compilation.Binding;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>Columns that keys name.</summary>
internal static class ColumnChecks
{
    /// <summary>Tells if the rows lack the column; whether it is there, as far as that is known.</summary>
    public static bool Exists(CheckContext context, Columns columns, string path, string? column)
    {
        if (column is null or "" || columns.Lacking(column) is not { } table)
        {
            return true;
        }

        context.AtValue(
            Codes.UnknownColumn,
            path,
            $"the source '{table.Name}' has no column '{column}'",
            Words.Suggest(column, table.Columns!, "its columns")
        );
        return false;
    }
}
