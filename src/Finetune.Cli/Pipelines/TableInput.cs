using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Graph.Planning;
using Finetune.Stages.Artifacts;
using Finetune.Stages.Ingest;

namespace Finetune.Cli.Pipelines;

/// <summary>Rows of a table as JSONL, whatever the table's format.</summary>
internal static class TableInput
{
    private const string JsonLines = "jsonl";

    /// <summary>The format of a file by its extension; JSONL where that says nothing.</summary>
    public static string FormatOf(string path) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".csv" => "csv",
            ".tsv" => "tsv",
            ".parquet" => "parquet",
            _ => JsonLines,
        };

    /// <summary>JSONL as it is; other tables are read into a temporary file that goes when the stream does.</summary>
    /// <exception cref="Graph.Diagnostics.PipelineException">The table is broken, every place named.</exception>
    public static async Task<Stream> OpenAsync(string path, string format, CancellationToken cancellationToken)
    {
        if (format == JsonLines)
        {
            return File.OpenRead(path);
        }

        var rows = Path.GetTempFileName();
        try
        {
            await new IngestStage().RunAsync(Context(path, format, rows), cancellationToken);
            var stream = new FileStream(
                Path.GetTempFileName(),
                FileMode.Create,
                FileAccess.ReadWrite,
                FileShare.None,
                1 << 16,
                FileOptions.DeleteOnClose
            );
            foreach (var row in RowFile.Read(rows))
            {
                stream.Write(JsonSerializer.SerializeToUtf8Bytes(row.Values));
                stream.WriteByte((byte)'\n');
            }

            stream.Position = 0;
            return stream;
        }
        finally
        {
            File.Delete(rows);
        }
    }

    /// <summary>A row's values under the document's column names.</summary>
    /// <param name="row">The object as read.</param>
    /// <param name="columns">Our name to the table's.</param>
    public static JsonObject Named(JsonElement row, IReadOnlyDictionary<string, string> columns)
    {
        var values = new JsonObject();
        foreach (var property in row.EnumerateObject())
        {
            var ours = columns
                .Where(column => string.Equals(column.Value, property.Name, StringComparison.Ordinal))
                .Select(column => column.Key)
                .DefaultIfEmpty(property.Name);
            foreach (var name in ours)
            {
                values[name] = JsonNode.Parse(property.Value.GetRawText());
            }
        }

        return values;
    }

    private static StageContext Context(string path, string format, string rows) =>
        new()
        {
            Step = new Step(
                "ingest.input",
                new IngestStage(),
                StageJson.ToJson(new IngestSettings(format, new Dictionary<string, string>(), null)),
                [new FileInput("files", [Path.GetFullPath(path)])],
                new Dictionary<string, string>(),
                new JsonObject { ["files"] = new JsonArray(path) }
            ),
            InputPaths = new Dictionary<string, IReadOnlyList<string>> { ["files"] = [Path.GetFullPath(path)] },
            InputFacts = new Dictionary<string, JsonObject>(),
            InputKeys = new Dictionary<string, string>(),
            OutputPaths = new Dictionary<string, string> { ["rows"] = rows },
            CheckpointFolder = Path.GetTempPath(),
            Progress = new Progress<StageProgress>(),
            Warn = _ => { },
        };
}
