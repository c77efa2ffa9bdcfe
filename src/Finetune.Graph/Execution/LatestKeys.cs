using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Graph.Caching;
using Finetune.Graph.Planning;

namespace Finetune.Graph.Execution;

/// <summary>The key that each step of a document had last, so that a miss can be explained.</summary>
/// <param name="store">The store.</param>
/// <param name="plan">The document's plan.</param>
public sealed class LatestKeys(ArtifactStore store, Plan plan)
{
    private readonly string _path = Path.Combine(
        store.Paths.Root,
        "latest",
        ContentHash.Of(Path.GetFullPath(plan.DocumentPath)).Hex[..32] + ".json"
    );

    /// <summary>Step name to key; empty for a document that never ran.</summary>
    public IReadOnlyDictionary<string, string> Read()
    {
        try
        {
            return File.Exists(_path)
                ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(_path)) ?? []
                : [];
        }
        catch (JsonException)
        {
            return new Dictionary<string, string>();
        }
    }

    /// <summary>Remembers the keys of finished steps; steps that did not finish keep what they had.</summary>
    public void Write(IEnumerable<StepResult> steps)
    {
        var keys = new SortedDictionary<string, string>(
            Read().ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal),
            StringComparer.Ordinal
        );
        var before = JsonSerializer.Serialize(keys);
        foreach (var step in steps.Where(s => s.HasOutputs))
        {
            keys[step.Name] = step.Key!;
        }

        var after = JsonSerializer.Serialize(keys);
        if (after != before)
        {
            DurableFile.WriteText(_path, after, store.Paths.Temp);
        }
    }

    /// <summary>The entries that a key was made of; null when they are gone.</summary>
    public JsonObject? Expanded(string key)
    {
        var path = store.Paths.ExpandedKey(key);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
