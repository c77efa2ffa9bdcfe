using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>The first entry in which two keys differ.</summary>
/// <param name="Path">Dotted path, such as <c>settings.learning_rate</c> or <c>inputs.train</c>.</param>
/// <param name="Before">The old value; null where there was none.</param>
/// <param name="Now">The new value; null where there is none.</param>
public sealed record KeyDifference(string Path, string? Before, string? Now)
{
    /// <summary>The user's file whose contents differ, where it is one.</summary>
    public string? File { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        File is not null ? $"{System.IO.Path.GetFileName(File)} changed"
        : Path.StartsWith("inputs.", StringComparison.Ordinal) ? $"{Path} changed: {Short(Before)} → {Short(Now)}"
        : $"{Path}: {Before ?? "(none)"} → {Now ?? "(none)"}";

    private static string Short(string? value) =>
        value is null ? "(none)"
        : value.Length > 44 ? value[..20] + "…"
        : value;
}

/// <summary>Compares expanded keys.</summary>
public static class Explainer
{
    /// <summary>Settings before inputs: what a person changed is named before what followed from it.</summary>
    private static readonly string[] Order = ["format", "kind", "version", "settings", "ambient", "inputs"];

    /// <summary>The first difference, or null for equal keys.</summary>
    /// <param name="step">Whose keys they are: it knows which file an entry is the digest of.</param>
    /// <param name="before">The old key, expanded.</param>
    /// <param name="now">The new key, expanded.</param>
    public static KeyDifference? FirstDifference(Step step, JsonObject before, JsonObject now)
    {
        var difference = Order
            .Select(entry => Compare(entry, before[entry], now[entry]))
            .FirstOrDefault(d => d is not null);
        return difference is { Before: not null, Now: not null }
            ? difference with
            {
                File = FileOf(step, difference.Path),
            }
            : difference;
    }

    private static string? FileOf(Step step, string path) =>
        step
            .Inputs.OfType<FileInput>()
            .SelectMany(input =>
                input.Paths.Select(
                    (file, i) => (Entry: $"inputs.{input.Name}{(input.Paths.Count == 1 ? "" : $"[{i}]")}", file)
                )
            )
            .FirstOrDefault(pair => pair.Entry == path)
            .file;

    private static KeyDifference? Compare(string path, JsonNode? before, JsonNode? now)
    {
        if (JsonNode.DeepEquals(before, now))
        {
            return null;
        }

        switch (before, now)
        {
            case (JsonObject a, JsonObject b):
                return a.Select(p => p.Key)
                    .Union(b.Select(p => p.Key), StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)
                    .Select(key => Compare($"{path}.{key}", a[key], b[key]))
                    .FirstOrDefault(d => d is not null);
            case (JsonArray a, JsonArray b) when a.Count == b.Count:
                return Enumerable
                    .Range(0, a.Count)
                    .Select(i => Compare(a.Count == 1 ? path : $"{path}[{i}]", a[i], b[i]))
                    .FirstOrDefault(d => d is not null);
            default:
                return new KeyDifference(path, Text(before), Text(now));
        }
    }

    private static string? Text(JsonNode? node) => node is null ? null : CanonicalJson.Write(node);
}
