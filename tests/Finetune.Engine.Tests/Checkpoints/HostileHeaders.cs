using System.Text.Json.Nodes;

namespace Finetune.Engine.Tests.Checkpoints;

/// <summary>Ways to lie in the entry of one tensor of a safetensors header.</summary>
internal static class HostileHeaders
{
    /// <summary>Each way by name; it changes the entry of a tensor in a header, or writes another header.</summary>
    public static IReadOnlyList<(string Name, Func<JsonObject, string, string> Lie)> Ways { get; } =
    [
        Entry("starts later", entry => Move(entry, 1, 0)),
        Entry("ends earlier", entry => Move(entry, 0, -1)),
        Entry("overlaps the next", entry => Move(entry, 0, 4)),
        Entry("lies on another", entry => Move(entry, -4, -4)),
        Entry("offsets swapped", entry => entry["data_offsets"] = new JsonArray(At(entry, 1), At(entry, 0))),
        Entry("negative start", entry => entry["data_offsets"] = new JsonArray(-At(entry, 1), At(entry, 0))),
        Entry("beyond the file", entry => entry["data_offsets"] = new JsonArray(At(entry, 0), long.MaxValue)),
        Entry("offsets in fractions", entry => entry["data_offsets"] = new JsonArray(0.5, 1e300)),
        Entry("offsets past 64 bits", entry => entry["data_offsets"] = JsonNode.Parse("[0,18446744073709551616]")),
        Entry("one offset", entry => entry["data_offsets"] = new JsonArray(At(entry, 0))),
        Entry("offsets as texts", entry => entry["data_offsets"] = new JsonArray("0", "1")),
        Entry("a huge shape", entry => entry["shape"] = new JsonArray(1L << 62)),
        Entry("a shape past 64 bits", entry => entry["shape"] = new JsonArray(1L << 33, 1L << 33)),
        Entry("a shape that wraps to its size", entry => entry["shape"] = new JsonArray(1L << 32, 1L << 32, 16)),
        Entry("a negative shape", entry => entry["shape"] = new JsonArray(-1, -16)),
        Entry("one row more", entry => entry["shape"] = new JsonArray(1 + (long)entry["shape"]![0]!)),
        Entry("a nested shape", entry => entry["shape"] = new JsonArray(new JsonArray(4))),
        Entry("no shape", entry => entry.Remove("shape")),
        Entry("no offsets", entry => entry.Remove("data_offsets")),
        Entry("no type", entry => entry.Remove("dtype")),
        Entry("an unknown type", entry => entry["dtype"] = "F128"),
        Entry("a type of another size", entry => entry["dtype"] = "F64"),
        Entry("whole numbers", entry => entry["dtype"] = "I32"),
        Entry("a type as a number", entry => entry["dtype"] = 32),
        ("no object", (header, name) => Changed(header, all => all[name] = 7)),
        ("another name", (header, name) => Changed(header, all => Rename(all, name))),
        ("twice", (header, name) => Twice(header, name)),
    ];

    private static (string, Func<JsonObject, string, string>) Entry(string name, Action<JsonObject> change) =>
        (name, (header, tensor) => Changed(header, all => change(all[tensor]!.AsObject())));

    private static string Changed(JsonObject header, Action<JsonObject> change)
    {
        var copy = header.DeepClone().AsObject();
        change(copy);
        return copy.ToJsonString();
    }

    private static long At(JsonObject entry, int index) => (long)entry["data_offsets"]![index]!;

    private static void Move(JsonObject entry, long start, long end) =>
        entry["data_offsets"] = new JsonArray(At(entry, 0) + start, At(entry, 1) + end);

    private static void Rename(JsonObject all, string name)
    {
        var entry = all[name]!;
        all.Remove(name);
        all[name + ".x"] = entry;
    }

    private static string Twice(JsonObject header, string name)
    {
        var text = header.ToJsonString();
        return $"{text[..^1]},{JsonValue.Create(name).ToJsonString()}:{header[name]!.ToJsonString()}}}";
    }
}
