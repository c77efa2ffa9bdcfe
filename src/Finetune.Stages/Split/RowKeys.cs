using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Split;

/// <summary>Keys by which rows are compared: the first 16 bytes of SHA-256 over canonical JSON.</summary>
internal static class RowKeys
{
    /// <summary>The key of a whole row; the order of its columns does not matter.</summary>
    public static UInt128 OfRow(JsonObject values) => OfColumns(values, values.Select(v => v.Key));

    /// <summary>The key of some columns; a missing column differs from every value.</summary>
    public static UInt128 OfColumns(JsonObject values, IEnumerable<string> columns)
    {
        var text = new StringBuilder();
        foreach (var column in columns.Order(StringComparer.Ordinal))
        {
            if (values.TryGetPropertyValue(column, out var value))
            {
                text.Append(Text(JsonValue.Create(column))).Append(':').Append(Text(value)).Append(',');
            }
        }

        return Of(text.ToString());
    }

    /// <summary>The key of one value.</summary>
    public static UInt128 OfValue(JsonNode? value) => Of(Text(value));

    /// <summary>Where in [0, 1) a key falls under a seed; the same whatever other rows there are.</summary>
    public static double Place(UInt128 key, long seed)
    {
        Span<byte> bytes = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, seed);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[8..], key);
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(bytes));
        // 53 bits, so that the double is exact and below 1.
        return (hash >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A value as a ledger shows it: a text bare, everything else as JSON.</summary>
    public static string Display(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue<string>(out var bare) ? bare : Text(value);

    private static string Text(JsonNode? value) => value?.ToJsonString(StageJson.Options) ?? "null";

    private static UInt128 Of(string text) =>
        BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
