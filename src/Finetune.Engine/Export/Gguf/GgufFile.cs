using System.Text;

namespace Finetune.Engine.Export.Gguf;

/// <summary>A tensor's entry in a GGUF file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">How its values are stored.</param>
/// <param name="Shape">Row-major dimensions, slowest first.</param>
/// <param name="Start">First byte in the file.</param>
public sealed record GgufEntry(string Name, GgufType Type, IReadOnlyList<long> Shape, long Start)
{
    /// <summary>How many values it holds.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => checked(product * size));

    /// <summary>Its length.</summary>
    public long Bytes => Type.Bytes(Count);
}

/// <summary>Reads GGUF files as this engine writes them: what was exported, for the check that it is what was meant.</summary>
public sealed class GgufFile : IDisposable
{
    private const int MaxDimensions = 4;
    private const int MaxText = 1 << 26;
    private const long MaxEntries = 1 << 24;
    private readonly FileStream _stream;

    private GgufFile(FileStream stream)
    {
        _stream = stream;
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            if (!reader.ReadBytes(GgufWriter.Magic.Length).AsSpan().SequenceEqual(GgufWriter.Magic))
            {
                throw Wrong(null, "other first bytes", "GGUF");
            }

            var version = reader.ReadUInt32();
            if (version != GgufWriter.Version)
            {
                throw Wrong("version", $"{version}", $"{GgufWriter.Version}");
            }

            var tensors = Length(reader, "tensor count");
            var values = Length(reader, "metadata count");
            for (var i = 0L; i < values; i++)
            {
                var key = Text(reader);
                Metadata.Add(key, Value(reader, (GgufValueType)reader.ReadUInt32(), key));
            }

            Tensors = Entries(reader, tensors);
        }
        catch (EndOfStreamException)
        {
            throw Wrong(null, $"{stream.Length} bytes", "a whole file");
        }
    }

    /// <summary>Keys and values.</summary>
    public GgufMetadata Metadata { get; } = new();

    /// <summary>All tensors, in the file's order.</summary>
    public IReadOnlyList<GgufEntry> Tensors { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ModelFileException">Cut short, or a header that does not hold.</exception>
    public static GgufFile Open(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        try
        {
            return new GgufFile(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>A stretch of a tensor's bytes.</summary>
    /// <param name="entry">An entry of this file.</param>
    /// <param name="offset">First byte, counted from the tensor's start.</param>
    /// <param name="bytes">Where they go.</param>
    public void Read(GgufEntry entry, long offset, Span<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(entry);
        _stream.Position = entry.Start + offset;
        _stream.ReadExactly(bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private List<GgufEntry> Entries(BinaryReader reader, long count)
    {
        var read = new List<GgufEntry>();
        for (var i = 0L; i < count; i++)
        {
            var name = Text(reader);
            var dimensions = reader.ReadUInt32();
            if (dimensions is 0 or > MaxDimensions)
            {
                throw Wrong(name, $"{dimensions} dimensions", $"1 to {MaxDimensions}");
            }

            var shape = new long[dimensions];
            for (var d = shape.Length - 1; d >= 0; d--)
            {
                shape[d] = checked((long)reader.ReadUInt64());
            }

            var type = (GgufType)reader.ReadUInt32();
            if (!Enum.IsDefined(type))
            {
                throw Wrong(name, $"type {(int)type}", "F32, F16, BF16 or Q8_0");
            }

            read.Add(new GgufEntry(name, type, shape, checked((long)reader.ReadUInt64())));
        }

        var first = (_stream.Position + GgufWriter.Alignment - 1) / GgufWriter.Alignment * GgufWriter.Alignment;
        var placed = read.ConvertAll(entry => entry with { Start = checked(first + entry.Start) });
        return placed.Find(entry => entry.Start + entry.Bytes > _stream.Length) is { } beyond
            ? throw Wrong(beyond.Name, $"bytes up to {beyond.Start + beyond.Bytes}", $"{_stream.Length} at most")
            : placed;
    }

    private object Value(BinaryReader reader, GgufValueType type, string key) =>
        type switch
        {
            GgufValueType.UInt32 => reader.ReadUInt32(),
            GgufValueType.Int32 => reader.ReadInt32(),
            GgufValueType.Float32 => reader.ReadSingle(),
            GgufValueType.Bool => reader.ReadBoolean(),
            GgufValueType.String => Text(reader),
            GgufValueType.Array => Values(reader, key),
            _ => throw Wrong(key, $"a value of type {type}", "one that this engine writes"),
        };

    private Array Values(BinaryReader reader, string key)
    {
        var type = (GgufValueType)reader.ReadUInt32();
        var count = Length(reader, key);
        return type switch
        {
            GgufValueType.String => Items(count, () => Text(reader)),
            GgufValueType.Int32 => Items(count, reader.ReadInt32),
            GgufValueType.Float32 => Items(count, reader.ReadSingle),
            _ => throw Wrong(key, $"an array of {type}", "one that this engine writes"),
        };
    }

    private static T[] Items<T>(long count, Func<T> read)
    {
        var items = new List<T>();
        for (var i = 0L; i < count; i++)
        {
            items.Add(read());
        }

        return [.. items];
    }

    private string Text(BinaryReader reader)
    {
        var length = reader.ReadUInt64();
        return length <= MaxText
            ? Encoding.UTF8.GetString(reader.ReadBytes((int)length))
            : throw Wrong(null, $"a text of {length} bytes", $"{MaxText} at most");
    }

    private long Length(BinaryReader reader, string what) =>
        reader.ReadUInt64() is <= MaxEntries and var count
            ? (long)count
            : throw Wrong(what, "too many", $"{MaxEntries} at most");

    private ModelFileException Wrong(string? field, string found, string wanted) =>
        new(_stream.Name, field, found, wanted);
}
