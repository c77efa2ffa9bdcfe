using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Finetune.Engine.Checkpoints;

/// <summary>
/// Writes a model's weights as <c>model.safetensors</c>, or in parts with an index, parted as Transformers parts them: in
/// the model's order, a new file where the next tensor would not fit.
/// </summary>
public static class ShardedWriter
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";

    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the files.</summary>
    /// <param name="folder">There already.</param>
    /// <param name="tensors">In the model's order, a shared one once.</param>
    /// <param name="shardBytes">The most bytes of tensors in a file; a larger tensor has a file of its own.</param>
    public static void Write(string folder, IReadOnlyList<TensorToWrite> tensors, long shardBytes)
    {
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        var shards = Shards(tensors, shardBytes);
        if (shards.Count == 1)
        {
            SafeTensorsWriter.Write(Path.Combine(folder, SingleName), shards[0], metadata);
            return;
        }

        var places = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
        {
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"model-{i + 1:D5}-of-{shards.Count:D5}.safetensors"
            );
            SafeTensorsWriter.Write(Path.Combine(folder, name), shards[i], metadata);
            shards[i].ForEach(tensor => places.Add(tensor.Name, name));
        }

        var index = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["total_parameters"] = tensors.Sum(tensor => tensor.Bytes / tensor.Type.Size()),
                ["total_size"] = tensors.Sum(tensor => tensor.Bytes),
            },
            ["weight_map"] = new JsonObject(places.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        };
        File.WriteAllText(Path.Combine(folder, IndexName), index.ToJsonString(Format) + "\n");
    }

    private static List<List<TensorToWrite>> Shards(IReadOnlyList<TensorToWrite> tensors, long most)
    {
        var shards = new List<List<TensorToWrite>>();
        var current = new List<TensorToWrite>();
        var size = 0L;
        foreach (var tensor in tensors)
        {
            if (tensor.Bytes > most)
            {
                shards.Add([tensor]);
                continue;
            }

            if (current.Count > 0 && size + tensor.Bytes > most)
            {
                shards.Add(current);
                (current, size) = ([], 0);
            }

            current.Add(tensor);
            size += tensor.Bytes;
        }

        if (current.Count > 0)
        {
            shards.Add(current);
        }

        return shards;
    }
}
