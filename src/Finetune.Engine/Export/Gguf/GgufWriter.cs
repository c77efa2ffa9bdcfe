using System.Text;

namespace Finetune.Engine.Export.Gguf;

/// <summary>A tensor of a GGUF file to be written.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its values are stored.</param>
/// <param name="Shape">Row-major dimensions, slowest first; the file has them the other way round.</param>
/// <param name="Write">Writes its bytes, exactly as many as type and shape say.</param>
public sealed record GgufTensorToWrite(string Name, GgufType Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <summary>Its length in the file, without padding.</summary>
    public long Bytes => Type.Bytes(Shape.Aggregate(1L, (product, size) => checked(product * size)));
}

/// <summary>
/// Writes GGUF, version 3, little-endian, as <c>docs/gguf.md</c> of ggml specifies it. The bytes depend on the arguments
/// alone.
/// </summary>
public static class GgufWriter
{
    /// <summary>Every tensor begins at a multiple of this many bytes, counted from the first one.</summary>
    public const int Alignment = 32;

    /// <summary>The version of the format.</summary>
    public const uint Version = 3;

    /// <summary>The first four bytes of a file.</summary>
    public static ReadOnlySpan<byte> Magic => "GGUF"u8;

    /// <summary>Writes beside the place and moves into it, so that a half-written file never bears the name.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="metadata">Keys and values.</param>
    /// <param name="tensors">In the order in which their bytes shall lie.</param>
    public static void Write(string path, GgufMetadata metadata, IReadOnlyList<GgufTensorToWrite> tensors)
    {
        var partial = path + ".partial";
        using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        {
            stream.Write(Header(metadata, tensors));
            Pad(stream);
            foreach (var tensor in tensors)
            {
                var start = stream.Position;
                tensor.Write(stream);
                if (stream.Position - start != tensor.Bytes)
                {
                    throw new InvalidOperationException($"{tensor.Name}: wrote another number of bytes than announced");
                }

                Pad(stream);
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(partial, path, overwrite: true);
    }

    private static byte[] Header(GgufMetadata metadata, IReadOnlyList<GgufTensorToWrite> tensors)
    {
        using var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(Version);
            writer.Write((ulong)tensors.Count);
            writer.Write((ulong)metadata.Entries.Count);
            foreach (var (key, value) in metadata.Entries)
            {
                Text(writer, key);
                Value(writer, value);
            }

            var at = 0L;
            foreach (var tensor in tensors)
            {
                Text(writer, tensor.Name);
                writer.Write((uint)tensor.Shape.Count);
                foreach (var size in tensor.Shape.Reverse())
                {
                    writer.Write((ulong)size);
                }

                writer.Write((uint)tensor.Type);
                writer.Write((ulong)at);
                at += Padded(tensor.Bytes);
            }
        }

        return buffer.ToArray();
    }

    private static void Value(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case Array array:
                writer.Write((uint)GgufValueType.Array);
                writer.Write((uint)GgufValueTypes.Of(array.GetType().GetElementType()!));
                writer.Write((ulong)array.LongLength);
                foreach (var item in array)
                {
                    Bare(writer, item);
                }

                break;
            default:
                writer.Write((uint)GgufValueTypes.Of(value.GetType()));
                Bare(writer, value);
                break;
        }
    }

    private static void Bare(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number:
                writer.Write(number);
                break;
            case int number:
                writer.Write(number);
                break;
            case float number:
                writer.Write(number);
                break;
            case bool flag:
                writer.Write(flag);
                break;
            case string text:
                Text(writer, text);
                break;
            default:
                throw new ArgumentException($"no GGUF value: {value.GetType().Name}", nameof(value));
        }
    }

    private static void Text(BinaryWriter writer, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Pad(FileStream stream)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        stream.Write(zeros[..(int)(Padded(stream.Position) - stream.Position)]);
    }
}
