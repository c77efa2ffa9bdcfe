using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Finetune.Cli.Tracking;

/// <summary>
/// A file of TensorBoard events: records of TensorFlow (<c>core/lib/io/record_writer.h</c>), each an <c>Event</c> message
/// (<c>core/util/event.proto</c>) with simple values.
/// </summary>
internal sealed class EventFile : IDisposable
{
    // Fields of Event, Summary and Summary.Value: number and wire type in one byte.
    private const byte WallTime = (1 << 3) | 1;
    private const byte Step = (2 << 3) | 0;
    private const byte FileVersion = (3 << 3) | 2;
    private const byte Summary = (5 << 3) | 2;
    private const byte Value = (1 << 3) | 2;
    private const byte Tag = (1 << 3) | 2;
    private const byte SimpleValue = (2 << 3) | 5;

    private readonly FileStream _stream;

    /// <summary>Begins the file.</summary>
    public EventFile(string path, DateTimeOffset at)
    {
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        using var version = new MemoryStream();
        Time(version, at);
        Text(version, FileVersion, "brain.Event:2");
        Record(version);
    }

    /// <summary>Adds figures of a step; they can be read at once.</summary>
    public void Write(DateTimeOffset at, long step, IReadOnlyDictionary<string, double> values)
    {
        using var summary = new MemoryStream();
        Span<byte> single = stackalloc byte[4];
        foreach (var (name, figure) in values)
        {
            using var value = new MemoryStream();
            Text(value, Tag, name);
            value.WriteByte(SimpleValue);
            BinaryPrimitives.WriteSingleLittleEndian(single, (float)figure);
            value.Write(single);
            Bytes(summary, Value, value);
        }

        using var message = new MemoryStream();
        Time(message, at);
        message.WriteByte(Step);
        Number(message, (ulong)step);
        Bytes(message, Summary, summary);
        Record(message);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static void Time(MemoryStream message, DateTimeOffset at)
    {
        Span<byte> seconds = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(seconds, at.ToUnixTimeMilliseconds() / 1000.0);
        message.WriteByte(WallTime);
        message.Write(seconds);
    }

    private static void Text(MemoryStream message, byte field, string text)
    {
        using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
        Bytes(message, field, bytes);
    }

    private static void Bytes(MemoryStream message, byte field, MemoryStream content)
    {
        message.WriteByte(field);
        Number(message, (ulong)content.Length);
        content.WriteTo(message);
    }

    private static void Number(MemoryStream message, ulong number)
    {
        while (number >= 0x80)
        {
            message.WriteByte((byte)(number | 0x80));
            number >>= 7;
        }

        message.WriteByte((byte)number);
    }

    private void Record(MemoryStream message)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)message.Length);
        _stream.Write(length);
        Checksum(length);
        message.WriteTo(_stream);
        Checksum(message.GetBuffer().AsSpan(0, (int)message.Length));
        _stream.Flush();
    }

    // CRC-32C, masked so that a checksum of checksums is no weak one (core/lib/hash/crc32c.h).
    private void Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        crc = ~crc;
        Span<byte> masked = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(masked, BitOperations.RotateRight(crc, 15) + 0xa282ead8);
        _stream.Write(masked);
    }
}
