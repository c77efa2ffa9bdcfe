using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Finetune.Engine.Checkpoints;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Type">Number format.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Write">Writes its bytes, little-endian and row-major, exactly as many as type and shape say.</param>
public sealed record TensorToWrite(string Name, StoredType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>Its length in the file.</summary>
    public long Bytes => Shape.Aggregate((long)Type.Size(), (product, size) => checked(product * size));
}

/// <summary>
/// Writes safetensors files. The bytes depend on the tensors alone: wide types first, then by name (the order of the
/// reference implementation), header padded to 8 bytes.
/// </summary>
public static class SafeTensorsWriter
{
    /// <summary>Writes beside the place and moves into it, so that a half-written file never bears the name.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">What to write, in any order.</param>
    /// <param name="metadata">Free texts; null for none.</param>
    public static void Write(
        string path,
        IReadOnlyCollection<TensorToWrite> tensors,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        var ordered = tensors
            .OrderByDescending(t => t.Type.Size())
            .ThenBy(t => t.Name, StringComparer.Ordinal)
            .ToList();
        var partial = path + ".partial";
        using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            var header = Header(ordered, metadata);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in ordered)
            {
                var start = stream.Position;
                tensor.Write(stream);
                if (stream.Position - start != tensor.Bytes)
                {
                    throw new InvalidOperationException($"{tensor.Name}: wrote another number of bytes than announced");
                }
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    private static byte[] Header(List<TensorToWrite> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var buffer = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                buffer,
                new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        )
        {
            json.WriteStartObject();
            if (metadata is not null)
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var at = 0L;
            foreach (var tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.HeaderName());
                WriteNumbers(json, "shape", tensor.Shape);
                WriteNumbers(json, "data_offsets", [at, at + tensor.Bytes]);
                json.WriteEndObject();
                at += tensor.Bytes;
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.ToArray();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
