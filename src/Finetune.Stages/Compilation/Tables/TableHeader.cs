using System.Text;
using System.Text.Json;
using Parquet;

namespace Finetune.Stages.Compilation.Tables;

/// <summary>Reads the columns of a table from its first lines.</summary>
internal static class TableHeader
{
    // A column that the first thousand rows of a JSONL file lack is a typo, not a rare column.
    private const int Lines = 1000;

    /// <summary>The columns in file order, duplicates included; empty where the file has no row.</summary>
    /// <exception cref="IOException">The file cannot be read, or is no table of that format.</exception>
    public static IReadOnlyList<string> Read(string file, string format)
    {
        if (format == "parquet")
        {
            return Parquet(file);
        }

        using var reader = new StreamReader(file, Encoding.UTF8);
        return format switch
        {
            "jsonl" => JsonLines(reader),
            "tsv" => Delimited(reader, '\t'),
            _ => Delimited(reader, ','),
        };
    }

    private static List<string> Parquet(string file)
    {
        try
        {
            var schema = ParquetReader.ReadSchemaAsync(file).GetAwaiter().GetResult();
            return [.. schema.Fields.Select(f => f.Name)];
        }
        catch (Exception e) when (e is not (IOException or UnauthorizedAccessException))
        {
            // The library tells a broken file in many ways.
            throw new IOException($"it is no parquet: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    private static List<string> JsonLines(StreamReader reader)
    {
        var columns = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Lines && reader.ReadLine() is { } line; i++)
        {
            foreach (var name in Keys(line).Where(known.Add))
            {
                columns.Add(name);
            }
        }

        return columns;
    }

    private static List<string> Keys(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return [];
        }

        try
        {
            using var row = JsonDocument.Parse(line);
            return row.RootElement.ValueKind == JsonValueKind.Object
                ? [.. row.RootElement.EnumerateObject().Select(p => p.Name)]
                : [];
        }
        catch (JsonException)
        {
            // A broken row is told by the step that reads all rows, with its number.
            return [];
        }
    }

    // One record of RFC 4180: quotes may hold the delimiter and line ends, and double to stand for themselves.
    private static List<string> Delimited(StreamReader reader, char delimiter)
    {
        while (reader.Peek() is '\r' or '\n')
        {
            reader.Read();
        }

        if (reader.Peek() < 0)
        {
            return [];
        }

        var columns = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        while (reader.Read() is >= 0 and var code)
        {
            var c = (char)code;
            if (quoted)
            {
                if (c != '"')
                {
                    field.Append(c);
                }
                else if (reader.Peek() == '"')
                {
                    field.Append((char)reader.Read());
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && field.Length == 0)
            {
                quoted = true;
            }
            else if (c == delimiter)
            {
                columns.Add(field.ToString());
                field.Clear();
            }
            else if (c is '\r' or '\n')
            {
                break;
            }
            else
            {
                field.Append(c);
            }
        }

        columns.Add(field.ToString());
        return columns;
    }
}
