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
    public IReadOnlyDictionary<string, string> Read() => Entries(0);

    /// <summary>Step name to the key it had before its present one.</summary>
    public IReadOnlyDictionary<string, string> Previous() => Entries(1);

    /// <summary>Remembers the keys of finished steps; steps that did not finish keep what they had.</summary>
    public void Write(IEnumerable<StepResult> steps)
    {
        var (latest, previous) = (Read(), Previous());
        var keys = latest.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var older = previous.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        var changed = false;
        foreach (var step in steps.Where(s => s.HasOutputs && keys.GetValueOrDefault(s.Name) != s.Key))
        {
            changed = true;
            if (keys.TryGetValue(step.Name, out var old))
            {
                older[step.Name] = old;
            }

            keys[step.Name] = step.Key!;
        }

        if (changed)
        {
            var entries = keys.Select(k =>
                KeyValuePair.Create<string, JsonNode?>(
                    k.Key,
                    older.TryGetValue(k.Key, out var old) ? new JsonArray(k.Value, old) : new JsonArray(k.Value)
                )
            );
            DurableFile.WriteText(_path, CanonicalJson.Write(new JsonObject(entries)), store.Paths.Temp);
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

    private Dictionary<string, string> Entries(int age)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var (step, keys) in File.Exists(_path) ? JsonNode.Parse(File.ReadAllText(_path))!.AsObject() : [])
            {
                if (keys is JsonArray list && list.Count > age)
                {
                    found[step] = ContentHash.Parse((string)list[age]!).Hex;
                }
            }
        }
        catch (Exception exception)
            when (exception
                    is JsonException
                        or IOException
                        or FormatException
                        or InvalidOperationException
                        or NullReferenceException
                        or ArgumentException
            )
        {
            // Only explanations hang on it.
        }

        return found;
    }
}
