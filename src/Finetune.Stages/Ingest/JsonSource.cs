using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Ingest;

/// <summary>Rows of jsonl files: one object a line, values kept as they are.</summary>
internal sealed class JsonSource(ColumnNames names, FoundErrors errors)
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private long _rows;

    /// <summary>The good rows of all files; bad ones go to the errors. A row may lack a listed column, the source may
    /// not.</summary>
    public IEnumerable<Row> Read(IReadOnlyList<SourceFile> files)
    {
        foreach (var row in files.SelectMany(Read))
        {
            yield return row;
        }

        if (_rows > 0 && !errors.Any)
        {
            foreach (var error in names.Missing(files[0], _seen, line: 1))
            {
                errors.Add(error);
            }
        }
    }

    // Row numbers go on from the file before.
    private IEnumerable<Row> Read(SourceFile file)
    {
        foreach (var line in LineReader.Read(file.Path))
        {
            _rows++;
            if (Values(file, line) is { } values)
            {
                yield return new Row(_rows, values);
            }
        }
    }

    private JsonObject? Values(SourceFile file, Line line)
    {
        if (!Utf8.IsValid(line.Bytes.Span))
        {
            return Bad(file, line, IngestCodes.NotUtf8, "bytes that are no UTF-8", "save the file as UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(line.Bytes, s_strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                var found = document.RootElement.ValueKind.ToString().ToLowerInvariant();
                return Bad(
                    file,
                    line,
                    IngestCodes.NotAnObject,
                    $"a JSON {found}, no object",
                    "write one object {...} a line"
                );
            }

            var row = document.RootElement.Clone();
            var values = Renamed(row);
            var before = errors.Count;
            foreach (
                var error in names.Collisions(file, [.. row.EnumerateObject().Select(p => p.Name)], line.Number, _rows)
            )
            {
                errors.Add(error with { Message = Row(error.Message) });
            }

            return errors.Count > before ? null : values;
        }
        catch (JsonException e)
        {
            return IsDuplicate(line)
                ? Bad(
                    file,
                    line,
                    IngestCodes.DuplicateKey,
                    "a key stands twice in one object",
                    "take one of the two out"
                )
                : Bad(
                    file,
                    line,
                    IngestCodes.NotJson,
                    "no JSON: " + JsonProblem.Of(e),
                    "write one JSON object a line, without a comma after it",
                    (int)(e.BytePositionInLine ?? 0) + 1
                );
        }
        catch (InvalidOperationException)
        {
            return Bad(
                file,
                line,
                IngestCodes.NotUtf8,
                "a \\u escape is half of a character",
                "write both halves, or neither"
            );
        }
    }

    private JsonObject Renamed(JsonElement row)
    {
        var values = new JsonObject();
        foreach (var property in row.EnumerateObject())
        {
            CheckText(property.Value);
            _seen.Add(property.Name);
            foreach (var name in names.Of(property.Name))
            {
                values[name] = Node(property.Value);
            }
        }

        return values;
    }

    private static JsonNode? Node(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => JsonObject.Create(value),
            JsonValueKind.Array => JsonArray.Create(value),
            JsonValueKind.Null => null,
            _ => JsonValue.Create(value),
        };

    /// <exception cref="InvalidOperationException">A text has half of a surrogate pair.</exception>
    private static void CheckText(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                _ = value.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    CheckText(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in value.EnumerateObject())
                {
                    _ = property.Name;
                    CheckText(property.Value);
                }

                break;
            default:
                break;
        }
    }

    private static bool IsDuplicate(Line line)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private JsonObject? Bad(SourceFile file, Line line, string code, string message, string cure, int column = 1)
    {
        errors.Add(file.Error(code, Row(message), cure, line.Number, column, _rows));
        return null;
    }

    private string Row(string message) => string.Create(CultureInfo.InvariantCulture, $"row {_rows}: {message}");
}
