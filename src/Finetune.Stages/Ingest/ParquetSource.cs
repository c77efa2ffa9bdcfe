using Finetune.Stages.Artifacts;
using Parquet;
using Parquet.Serialization;

namespace Finetune.Stages.Ingest;

/// <summary>Rows of parquet files, one row group in memory at a time; numbers, lists and objects stay what they
/// are.</summary>
internal sealed class ParquetSource(ColumnNames names, FoundErrors errors)
{
    private long _rows;

    /// <summary>The rows of a file; row numbers go on from the file before. What is wrong goes to the errors.</summary>
    public IEnumerable<Row> Read(SourceFile file)
    {
        using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (Groups(file, stream) is not { } groups)
        {
            yield break;
        }

        for (var group = 0; group < groups; group++)
        {
            if (Group(file, stream, group) is not { } rows)
            {
                yield break;
            }

            foreach (var values in rows.Data)
            {
                var row = ParquetValues.Row(rows.Schema, values);
                _rows++;
                yield return new Row(_rows, ParquetValues.Renamed(row, names));
            }
        }
    }

    // How many row groups there are; null where the columns are not what the document says.
    private int? Groups(SourceFile file, FileStream stream)
    {
        try
        {
            var reader = ParquetReader.CreateAsync(stream, leaveStreamOpen: true).GetAwaiter().GetResult();
            try
            {
                string[] theirs = [.. reader.Schema.Fields.Select(f => f.Name)];
                var before = errors.Count;
                foreach (var error in names.Missing(file, theirs, 1).Concat(names.Collisions(file, theirs, 1)))
                {
                    errors.Add(error);
                }

                return errors.Count > before ? null : reader.RowGroupCount;
            }
            finally
            {
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception e) when (ParquetValues.IsBroken(e))
        {
            Broken(file, e);
            return null;
        }
    }

    private DeserializationResult<Dictionary<string, object>>? Group(SourceFile file, FileStream stream, int group)
    {
        try
        {
            stream.Position = 0;
            return ParquetSerializer.DeserializeUntypedAsync(stream, null, group).GetAwaiter().GetResult();
        }
        catch (Exception e) when (ParquetValues.IsBroken(e))
        {
            Broken(file, e);
            return null;
        }
    }

    private void Broken(SourceFile file, Exception exception) =>
        errors.Add(
            file.Error(
                IngestCodes.NotParquet,
                $"no parquet that can be read: {exception.Message.ReplaceLineEndings(" ")}",
                "write the table again, as parquet or as jsonl",
                1
            )
        );
}
