using System.Text.Json;
using System.Text.Json.Nodes;
using Finetune.Engine.Models;
using Finetune.Stages.Artifacts;

namespace Finetune.Stages.Export.Formats;

/// <summary>
/// Says in an exported model where its answers end. A chat template may end turns with another token than the base's
/// end of sequence; programs that load the model stop at what <c>generation_config.json</c> names.
/// </summary>
public static class GenerationEnds
{
    private const string Key = "eos_token_id";

    /// <summary>Adds ids that the model's files do not name yet; those come behind the model's own.</summary>
    /// <param name="folder">The exported folder.</param>
    /// <param name="known">What the model's files name.</param>
    /// <param name="ends">What its answers were trained to end with.</param>
    public static void Add(string folder, IReadOnlyList<int> known, IReadOnlyCollection<int> ends)
    {
        int[] fresh = [.. ends.Except(known)];
        if (fresh.Length == 0)
        {
            return;
        }

        var path = Path.Combine(folder, ModelConfig.GenerationFileName);
        var generation = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        generation[Key] = new JsonArray([.. known.Concat(fresh).Select(id => (JsonNode)id)]);
        var indented = new JsonSerializerOptions(StageJson.Options) { WriteIndented = true };
        File.WriteAllText(path, generation.ToJsonString(indented) + "\n");
    }
}
