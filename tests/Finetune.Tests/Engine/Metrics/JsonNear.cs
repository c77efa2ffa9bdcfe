using System.Globalization;
using System.Text.Json.Nodes;

namespace Finetune.Tests.Engine.Metrics;

/// <summary>Compares JSON, numbers to 1e-9 absolute or relative.</summary>
internal static class JsonNear
{
    /// <summary>What differs, as text; keys that only the found one has are no difference.</summary>
    public static IEnumerable<string> Differences(JsonNode? wanted, JsonNode? found, string path = "")
    {
        switch (wanted, found)
        {
            case (JsonObject left, JsonObject right):
                return left.SelectMany(one => Differences(one.Value, right[one.Key], $"{path}.{one.Key}"));
            case (JsonArray left, JsonArray right) when left.Count == right.Count:
                return left.SelectMany((one, i) => Differences(one, right[i], $"{path}[{i}]"));
            case (JsonValue left, JsonValue right) when IsNumber(left) && IsNumber(right):
                var (a, b) = (Number(left), Number(right));
                return Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a)) ? [] : [$"{path}: {a} wanted, {b} found"];
            default:
                return JsonNode.DeepEquals(wanted, found)
                    ? []
                    : [$"{path}: {Text(wanted)} wanted, {Text(found)} found"];
        }
    }

    private static bool IsNumber(JsonValue value) => value.GetValueKind() == System.Text.Json.JsonValueKind.Number;

    private static double Number(JsonValue value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
