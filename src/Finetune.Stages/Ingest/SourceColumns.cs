using System.Text.Json;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Ingest;

/// <summary>The columns of a source, read from the head of its first file: enough to check templates before anything
/// runs.</summary>
public static class SourceColumns
{
    /// <summary>Column names as templates see them, in file order; null where they cannot be known (ingest will say
    /// why). For jsonl these are the keys of the first row.</summary>
    /// <param name="path">The first file.</param>
    /// <param name="settings">Format and renamed columns.</param>
    public static IReadOnlyList<string>? Read(string path, IngestSettings settings)
    {
        var theirs = settings.Format switch
        {
            "jsonl" => JsonKeys(path),
            "tsv" => Header(path, (byte)'\t'),
            _ => Header(path, (byte)','),
        };
        var names = new ColumnNames(settings.Columns);
        return theirs?.SelectMany(names.Of).ToList();
    }

    private static List<string>? Header(string path, byte delimiter)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var reader = new DelimitedReader(stream, delimiter);
            var errors = new FoundErrors();
            var names = reader.Read() ? HeaderNames.Read(reader.Record, new SourceFile(path, path), errors) : null;
            return errors.Any ? null : names;
        }
        catch (QuoteException)
        {
            return null;
        }
    }

    private static List<string>? JsonKeys(string path)
    {
        try
        {
            foreach (var line in LineReader.Read(path))
            {
                using var document = JsonDocument.Parse(line.Bytes);
                return document.RootElement.ValueKind == JsonValueKind.Object
                    ? [.. document.RootElement.EnumerateObject().Select(p => p.Name)]
                    : null;
            }

            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
