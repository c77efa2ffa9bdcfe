using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Adapters;

/// <summary>Values of an <c>adapter_config.json</c>, each of its kind or refused by name.</summary>
internal static class AdapterJson
{
    /// <summary>Refuses a word that is none of those; a missing one is right.</summary>
    public static void OneOf(string path, JsonObject json, string key, params string[] wanted)
    {
        if (json[key] is { } value && !wanted.Contains(value.ToString(), StringComparer.Ordinal))
        {
            throw new ModelFileException(
                path,
                key,
                value.ToJsonString(),
                $"{string.Join(" or ", wanted)}: nothing else is supported"
            );
        }
    }

    /// <summary>Whether a key is true.</summary>
    public static bool IsTrue(JsonObject json, string key) => json[key]?.GetValueKind() == JsonValueKind.True;

    /// <summary>A number; a missing one is the other, where there is one.</summary>
    public static double Number(string path, JsonObject json, string key, double? otherwise) =>
        json[key] is not { } value
            ? otherwise ?? throw new ModelFileException(path, key, "nothing", "a number")
            : Number(value) ?? throw new ModelFileException(path, key, value.ToJsonString(), "a number");

    /// <summary>A text or a list of texts; none where it is missing.</summary>
    public static IReadOnlyList<string> Texts(string path, JsonObject json, string key) =>
        Items(json[key])
            .Select(item =>
                item?.GetValueKind() == JsonValueKind.String
                    ? item.ToString()
                    : throw new ModelFileException(path, key, json[key]!.ToJsonString(), "a list of texts")
            )
            .ToList();

    /// <summary>A whole number or a list of them; none where it is missing.</summary>
    public static IReadOnlyList<int> Numbers(string path, JsonObject json, string key) =>
        Items(json[key])
            .Select(item =>
                Number(item) is { } number && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue
                    ? (int)number
                    : throw new ModelFileException(path, key, json[key]!.ToJsonString(), "a list of whole numbers")
            )
            .ToList();

    /// <summary>Numbers by pattern, in the order written.</summary>
    public static IReadOnlyList<KeyValuePair<string, double>> ByLayer(
        string path,
        JsonObject json,
        string key,
        Func<double, bool> isRight
    ) =>
        json[key] switch
        {
            null => [],
            JsonObject map =>
            [
                .. map.Select(entry =>
                    Number(entry.Value) is { } number && isRight(number)
                        ? KeyValuePair.Create(entry.Key, number)
                        : throw new ModelFileException(
                            path,
                            $"{key}.{entry.Key}",
                            entry.Value?.ToJsonString() ?? "null",
                            "a number, a rank whole and above 0"
                        )
                ),
            ],
            var other => throw new ModelFileException(path, key, other.ToJsonString(), "names and their numbers"),
        };

    private static double? Number(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<double>(out var number)
            ? number
            : null;

    private static JsonArray Items(JsonNode? value) =>
        value switch
        {
            null => [],
            JsonArray list => list,
            _ => new JsonArray(value.DeepClone()),
        };
}
