using System.Globalization;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Ingest;

/// <summary>The first line of a delimited file.</summary>
internal static class HeaderNames
{
    /// <summary>The names; what is wrong with them goes to the errors.</summary>
    public static List<string> Read(DelimitedRecord record, SourceFile file, FoundErrors errors)
    {
        var names = new List<string>();
        for (var i = 0; i < record.Count; i++)
        {
            var name = record.Text(i);
            var number = (i + 1).ToString(CultureInfo.InvariantCulture);
            if (name is null)
            {
                errors.Add(
                    file.Error(
                        IngestCodes.NotUtf8,
                        $"the name of column {number} is no UTF-8",
                        "save the file as UTF-8",
                        record.Line
                    )
                );
            }
            else if (string.IsNullOrWhiteSpace(name))
            {
                errors.Add(
                    file.Error(
                        IngestCodes.EmptyColumnName,
                        $"column {number} has no name",
                        "name it on the first line",
                        record.Line
                    )
                );
            }
            else if (names.Contains(name, StringComparer.Ordinal))
            {
                errors.Add(
                    file.Error(
                        IngestCodes.DuplicateColumn,
                        $"column {number} is called '{name}', as column {(names.IndexOf(name) + 1).ToString(CultureInfo.InvariantCulture)} is",
                        "give it another name on the first line",
                        record.Line
                    )
                );
            }

            names.Add(name ?? "");
        }

        return names;
    }
}
