using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Graph.Caching;

namespace Finetune.Graph.Execution;

/// <summary>A finished run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Summary">Its <c>run.json</c>.</param>
public sealed record PastRun(string Id, string Folder, JsonObject Summary)
{
    /// <summary>Step to output name to readable path, of steps that have outputs; nothing where the events are gone.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Outputs()
    {
        var outputs = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var step in Steps())
        {
            if ((string?)step["name"] is { } name && step["outputs"] is JsonObject { Count: > 0 } named)
            {
                outputs[name] = named.ToDictionary(o => o.Key, o => (string)o.Value!, StringComparer.Ordinal);
            }
        }

        return outputs;
    }

    /// <summary>Step to key, of steps that have outputs, in the order of the plan; nothing where the events are gone or are
    /// of a version that did not write keys down.</summary>
    public IReadOnlyList<(string Step, string Key)> Keys() =>
        [
            .. Steps()
                .Where(step => step["outputs"] is JsonObject { Count: > 0 })
                .Select(step => ((string?)step["name"], (string?)step["key"]))
                .Where(step => step is { Item1: not null, Item2: not null })
                .Select(step => (step.Item1!, step.Item2!)),
        ];

    private IEnumerable<JsonObject> Steps()
    {
        var events = Path.Combine(Folder, RunFolder.Events);
        var last = File.Exists(events) ? File.ReadLines(events).LastOrDefault() : null;
        return ((last is null ? null : JsonNode.Parse(last))?["steps"] as JsonArray ?? []).OfType<JsonObject>();
    }
}

/// <summary>The runs that a store remembers.</summary>
/// <param name="paths">The store's places.</param>
public sealed class RunHistory(StorePaths paths)
{
    /// <summary>The file that a finished run has.</summary>
    public const string FileName = "run.json";

    /// <summary>All finished runs, newest first; what cannot be read is left out.</summary>
    /// <param name="documentPath">Only runs of this document; null for all.</param>
    public IEnumerable<PastRun> Runs(string? documentPath = null)
    {
        if (!Directory.Exists(paths.Runs))
        {
            return [];
        }

        return Directory
            .GetDirectories(paths.Runs)
            .OrderByDescending(Path.GetFileName, StringComparer.Ordinal)
            .Select(Read)
            .OfType<PastRun>()
            .Where(r => documentPath is null || (string?)r.Summary["document"] == Path.GetFullPath(documentPath));
    }

    private static PastRun? Read(string folder)
    {
        try
        {
            var path = Path.Combine(folder, FileName);
            return File.Exists(path) && JsonNode.Parse(File.ReadAllText(path)) is JsonObject summary
                ? new PastRun(Path.GetFileName(folder), folder, summary)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            return null;
        }
    }
}
