using System.Text.Json.Nodes;

namespace Finetune.Engine.Metrics.Cases;

/// <summary>Numbers and lists as JSON.</summary>
internal static class CaseOutput
{
    /// <summary>A number; null where it is undefined.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    /// <summary>A list of numbers.</summary>
    public static JsonArray List(IEnumerable<double> values) => [.. values.Select(Number)];

    /// <summary>A list of whole numbers.</summary>
    public static JsonArray List(IEnumerable<int> values) =>
        [.. values.Select(value => (JsonNode?)JsonValue.Create(value))];

    /// <summary>A list of strings.</summary>
    public static JsonArray List(IEnumerable<string> values) =>
        [.. values.Select(value => (JsonNode?)JsonValue.Create(value))];
}
