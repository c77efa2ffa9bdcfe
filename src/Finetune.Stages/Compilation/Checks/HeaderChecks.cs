using Finetune.Stages.Compilation.Tables;

namespace Finetune.Stages.Compilation.Checks;

/// <summary>The columns that all files of a source have.</summary>
internal static class HeaderChecks
{
    /// <summary>The columns; null after a fault.</summary>
    /// <param name="context">The check's context.</param>
    /// <param name="files">Absolute paths.</param>
    /// <param name="places">The key path of each file.</param>
    /// <param name="format">Their format.</param>
    public static List<string>? Columns(
        CheckContext context,
        IReadOnlyList<string> files,
        IReadOnlyList<string> places,
        string format
    )
    {
        List<string>? common = null;
        for (var i = 0; i < files.Count; i++)
        {
            var (file, place) = (files[i], places[i]);
            IReadOnlyList<string> columns;
            try
            {
                columns = TableHeader.Read(file, format);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                context.AtValue(
                    Codes.UnreadableTable,
                    place,
                    $"'{Path.GetFileName(file)}' cannot be read: {e.Message}"
                );
                return null;
            }

            if (columns.Count == 0)
            {
                context.AtValue(
                    Codes.UnreadableTable,
                    place,
                    $"'{Path.GetFileName(file)}' has {(format switch { "jsonl" => "no row that is a JSON object", "parquet" => "no columns", _ => "no header" })}"
                );
                return null;
            }

            var twice = columns.GroupBy(c => c, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
            if (twice is not null)
            {
                context.AtValue(
                    Codes.ColumnTwice,
                    place,
                    $"'{Path.GetFileName(file)}' has two columns '{twice.Key}'",
                    "rename one of them in the file"
                );
                return null;
            }

            common = common is null
                ? [.. columns]
                : [.. common.Where(c => columns.Contains(c, StringComparer.Ordinal))];
        }

        return common;
    }
}
