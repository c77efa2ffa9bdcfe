using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Finetune.Stages.Artifacts;

/// <summary>JSONL as artifacts are kept: UTF-8 without a byte-order mark, one object a line, <c>\n</c> at every end.</summary>
internal static class JsonLines
{
    /// <summary>Reads one object at a time.</summary>
    /// <exception cref="InvalidDataException">A line is not such an object; the message has file, line and
    /// cause.</exception>
    public static IEnumerable<T> Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        foreach (var line in LineReader.Read(path))
        {
            yield return Parse(path, line, type);
        }
    }

    /// <summary>How many objects there are, without reading them.</summary>
    public static int Count(string path) => LineReader.Read(path).Count();

    private static T Parse<T>(string path, Line line, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line.Bytes.Span, type)
                ?? throw new InvalidDataException($"{path}:{line.Number}: null instead of an object");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}:{line.Number}: not a {typeof(T).Name}: {e.Message}", e);
        }
    }
}
