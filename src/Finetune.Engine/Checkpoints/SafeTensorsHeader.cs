using System.Text.Json;

namespace Finetune.Engine.Checkpoints;

/// <summary>
/// Reads the JSON header of a safetensors file. A header comes from strangers: every field is checked before anything
/// is addressed by it. Rules of the format: https://github.com/huggingface/safetensors#format.
/// </summary>
internal static class SafeTensorsHeader
{
    /// <summary>Longest header that the format allows.</summary>
    public const long MaxLength = 100_000_000;

    private const string MetadataName = "__metadata__";

    /// <summary>Parses and checks a header.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="json">The header's bytes, without its length.</param>
    /// <param name="dataLength">Bytes that follow the header.</param>
    /// <exception cref="ModelFileException">Whatever does not hold, by tensor name.</exception>
    public static (IReadOnlyList<StoredTensor> Tensors, IReadOnlyDictionary<string, string> Metadata) Parse(
        string file,
        ReadOnlyMemory<byte> json,
        long dataLength
    )
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 };
            using var document = JsonDocument.Parse(json, options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ModelFileException(file, null, "a header that is no object", "a JSON object");
            }

            var tensors = new List<StoredTensor>();
            IReadOnlyDictionary<string, string> metadata = new Dictionary<string, string>();
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals(MetadataName))
                {
                    metadata = Metadata(file, property.Value);
                }
                else
                {
                    tensors.Add(Entry(file, property.Name, property.Value, dataLength));
                }
            }

            tensors.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.Bytes.CompareTo(b.Bytes));
            CheckContiguous(file, tensors, dataLength);
            return (tensors, metadata);
        }
        // The second is what a text that is no UTF-8 throws when it is read.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new ModelFileException(file, null, $"a header that is no JSON: {e.Message}", "a safetensors header");
        }
    }

    private static Dictionary<string, string> Metadata(string file, JsonElement value)
    {
        if (
            value.ValueKind != JsonValueKind.Object
            || value.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String)
        )
        {
            throw new ModelFileException(file, MetadataName, "something else", "an object of strings");
        }

        return value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal);
    }

    private static StoredTensor Entry(string file, string name, JsonElement value, long dataLength)
    {
        if (
            value.ValueKind != JsonValueKind.Object
            || !value.TryGetProperty("dtype", out var dtype)
            || dtype.ValueKind != JsonValueKind.String
        )
        {
            throw new ModelFileException(file, name, "no dtype", "an object with dtype, shape and data_offsets");
        }

        var type =
            StoredTypes.Parse(dtype.GetString()!)
            ?? throw new ModelFileException(
                file,
                $"{name}.dtype",
                $"\"{dtype.GetString()}\"",
                $"one of {string.Join(", ", Enum.GetValues<StoredType>().Select(t => t.HeaderName()))}"
            );
        var shape = Numbers(file, name, value, "shape");
        var offsets = Numbers(file, name, value, "data_offsets");
        if (offsets.Length != 2 || offsets[0] > offsets[1] || offsets[1] > dataLength)
        {
            throw new ModelFileException(
                file,
                $"{name}.data_offsets",
                $"[{string.Join(", ", offsets)}]",
                $"two offsets in order within the {dataLength} bytes of data (is the file cut short?)"
            );
        }

        var bytes = Bytes(shape, type);
        return bytes == offsets[1] - offsets[0]
            ? new StoredTensor(name, type, shape, offsets[0], bytes.Value)
            : throw new ModelFileException(
                file,
                $"{name}.data_offsets",
                $"{offsets[1] - offsets[0]} bytes",
                $"the bytes of {type.HeaderName()} [{string.Join(", ", shape)}]"
            );
    }

    private static long[] Numbers(string file, string name, JsonElement entry, string field)
    {
        if (entry.TryGetProperty(field, out var list) && list.ValueKind == JsonValueKind.Array)
        {
            var numbers = new long[list.GetArrayLength()];
            var at = 0;
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out numbers[at]) || numbers[at++] < 0)
                {
                    at = -1;
                    break;
                }
            }

            if (at >= 0)
            {
                return numbers;
            }
        }

        throw new ModelFileException(file, $"{name}.{field}", "something else", "a list of whole numbers from 0 on");
    }

    private static long? Bytes(long[] shape, StoredType type)
    {
        try
        {
            return shape.Aggregate((long)type.Size(), (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private static void CheckContiguous(string file, List<StoredTensor> tensors, long dataLength)
    {
        var at = 0L;
        foreach (var tensor in tensors)
        {
            if (tensor.Start != at)
            {
                throw new ModelFileException(
                    file,
                    $"{tensor.Name}.data_offsets",
                    $"{tensor.Start}",
                    $"{at}: no gap, no overlap"
                );
            }

            at += tensor.Bytes;
        }

        if (at != dataLength)
        {
            throw new ModelFileException(file, null, $"{dataLength} bytes of data", $"{at}, the sum of its tensors");
        }
    }
}
