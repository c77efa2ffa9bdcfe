using System.Collections;
using System.Globalization;
using System.Text.Json.Nodes;
using Parquet.Schema;

namespace Finetune.Stages.Ingest;

/// <summary>Values of parquet as JSON: numbers, truths, texts, lists and objects; times in ISO 8601, bytes in
/// base 64.</summary>
internal static class ParquetValues
{
    /// <summary>A row with every column of the table; absent values are null.</summary>
    public static JsonObject Row(ParquetSchema schema, IReadOnlyDictionary<string, object> values)
    {
        var row = new JsonObject();
        foreach (var field in schema.Fields)
        {
            row[field.Name] = Node(values.GetValueOrDefault(field.Name), field);
        }

        return row;
    }

    /// <summary>The row under the document's names of its columns.</summary>
    public static JsonObject Renamed(JsonObject row, ColumnNames names)
    {
        var renamed = new JsonObject();
        foreach (var (theirs, value) in row)
        {
            foreach (var ours in names.Of(theirs))
            {
                renamed[ours] = value?.DeepClone();
            }
        }

        return renamed;
    }

    /// <summary>Whether the file is at fault: the library says so in many ways, a wrong size in the file as a lack of
    /// memory.</summary>
    public static bool IsBroken(Exception exception) => exception is not OperationCanceledException;

    private static JsonNode? Node(object? value, Field? field) =>
        value switch
        {
            null => null,
            string text => JsonValue.Create(text),
            ReadOnlyMemory<char> text => JsonValue.Create(text.ToString()),
            byte[] bytes => JsonValue.Create(Convert.ToBase64String(bytes)),
            ReadOnlyMemory<byte> bytes => JsonValue.Create(Convert.ToBase64String(bytes.Span)),
            bool truth => JsonValue.Create(truth),
            float number => float.IsFinite(number) ? JsonValue.Create(number) : null,
            double number => double.IsFinite(number) ? JsonValue.Create(number) : null,
            decimal number => JsonValue.Create(number),
            ulong number => JsonValue.Create(number),
            byte or sbyte or short or ushort or int or uint or long => JsonValue.Create(
                Convert.ToInt64(value, CultureInfo.InvariantCulture)
            ),
            IDictionary<string, object> members => Members(members, field as StructField),
            IDictionary map => Map(map, field),
            IEnumerable items => new JsonArray([
                .. items.Cast<object?>().Select(i => Node(i, (field as ListField)?.Item)),
            ]),
            IFormattable other => JsonValue.Create(other.ToString("O", CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(value.ToString()),
        };

    private static JsonObject Members(IDictionary<string, object> members, StructField? field)
    {
        var names = field?.Fields.Select(f => f.Name) ?? members.Keys;
        var result = new JsonObject();
        foreach (var name in names)
        {
            result[name] = Node(
                members.TryGetValue(name, out var value) ? value : null,
                field?.Fields.FirstOrDefault(f => f.Name == name)
            );
        }

        return result;
    }

    private static JsonObject Map(IDictionary map, Field? field)
    {
        var result = new JsonObject();
        foreach (DictionaryEntry entry in map)
        {
            var key = Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "";
            result[key] = Node(entry.Value, (field as MapField)?.Value);
        }

        return result;
    }
}
