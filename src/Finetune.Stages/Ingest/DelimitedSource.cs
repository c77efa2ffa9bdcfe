using System.Globalization;
using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Ingest;

/// <summary>Rows of csv and tsv files; every value is a string.</summary>
internal sealed class DelimitedSource(byte delimiter, ColumnNames names, FoundErrors errors)
{
    private const string SaveAsUtf8 = "save the file as UTF-8";

    private List<string>? _columns;
    private long _rows;

    /// <summary>The good rows of a file; bad ones go to the errors. Row numbers go on from the file before.</summary>
    public IEnumerable<Row> Read(SourceFile file)
    {
        using var stream = File.OpenRead(file.Path);
        var reader = new DelimitedReader(stream, delimiter);
        var before = errors.Count;
        if (!TryRead(reader, file, row: null))
        {
            if (errors.Count == before)
            {
                errors.Add(
                    file.Error(
                        IngestCodes.NoHeader,
                        "the file is empty: a first line with the names of the columns is wanted",
                        "put the column names on the first line, or leave the file out of 'path'",
                        line: 1
                    )
                );
            }

            yield break;
        }

        if (Header(reader.Record, file) is not { } header)
        {
            yield break;
        }

        var order = _columns!.Select(c => header.IndexOf(c)).ToArray();
        while (TryRead(reader, file, _rows + 1))
        {
            _rows++;
            if (Values(reader.Record, file, order) is { } values)
            {
                yield return new Row(_rows, values);
            }
        }
    }

    // Columns come in the order of the first file.
    private List<string>? Header(DelimitedRecord record, SourceFile file)
    {
        var before = errors.Count;
        var header = HeaderNames.Read(record, file, errors);
        if (errors.Count > before)
        {
            return null;
        }

        if (_columns is null)
        {
            foreach (
                var error in names
                    .Missing(file, header, record.Line)
                    .Concat(names.Collisions(file, header, record.Line))
            )
            {
                errors.Add(error);
            }

            _columns = header;
        }
        else if (!_columns.ToHashSet(StringComparer.Ordinal).SetEquals(header))
        {
            errors.Add(
                file.Error(
                    IngestCodes.OtherColumns,
                    $"the columns are {string.Join(", ", header)}, those of the first file of this source "
                        + string.Join(", ", _columns),
                    "make it two sources, or give the files the same columns",
                    record.Line
                )
            );
        }

        return errors.Count > before ? null : header;
    }

    private JsonObject? Values(DelimitedRecord record, SourceFile file, int[] order)
    {
        if (record.Count != order.Length)
        {
            var found = string.Create(
                CultureInfo.InvariantCulture,
                $"row {_rows} has {record.Count} fields, the header has {order.Length}"
            );
            var cure =
                record.Count > order.Length
                    ? "put quotes around a field that holds the delimiter"
                    : "write every field, empty ones too";
            errors.Add(file.Error(IngestCodes.FieldCount, found, cure, record.Line, row: _rows));
            return null;
        }

        var values = new JsonObject();
        for (var i = 0; i < order.Length; i++)
        {
            if (record.Text(order[i]) is not { } text)
            {
                var message = string.Create(
                    CultureInfo.InvariantCulture,
                    $"row {_rows}, column '{_columns![i]}': bytes that are no UTF-8"
                );
                errors.Add(file.Error(IngestCodes.NotUtf8, message, SaveAsUtf8, record.Line, row: _rows));
                return null;
            }

            foreach (var name in names.Of(_columns![i]))
            {
                values[name] = text;
            }
        }

        return values;
    }

    private bool TryRead(DelimitedReader reader, SourceFile file, long? row)
    {
        try
        {
            return reader.Read();
        }
        catch (QuoteException e)
        {
            var message = row is null
                ? e.Message
                : string.Create(CultureInfo.InvariantCulture, $"row {row}: {e.Message}");
            errors.Add(
                file.Error(
                    IngestCodes.Quote,
                    message,
                    "write a quote inside a quoted field twice: \"\"",
                    e.Line,
                    row: row
                )
            );
            return false;
        }
    }
}
