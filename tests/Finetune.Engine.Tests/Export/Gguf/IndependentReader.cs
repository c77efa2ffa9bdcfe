using System.Buffers.Binary;
using System.Text;

namespace Finetune.Engine.Tests.Export.Gguf;

/// <summary>Reads GGUF from its specification alone, sharing no code with the product.</summary>
internal sealed class IndependentReader
{
    private readonly byte[] _bytes;
    private int _at;

    public IndependentReader(string path)
    {
        _bytes = File.ReadAllBytes(path);
        Assert.Equal("GGUF", Encoding.ASCII.GetString(_bytes, 0, 4));
        _at = 4;
        Assert.Equal(3u, U32());
        var (tensors, keys) = (U64(), U64());
        for (var i = 0; i < keys; i++)
        {
            var key = Text();
            Values.Add(key, Value((int)U32()));
        }

        var entries = new List<(string Name, long[] Ne, int Type, long Offset)>();
        for (var i = 0; i < tensors; i++)
        {
            var name = Text();
            var ne = new long[U32()];
            for (var d = 0; d < ne.Length; d++)
            {
                ne[d] = U64();
            }

            entries.Add((name, ne, (int)U32(), U64()));
        }

        var data = (_at + 31) / 32 * 32;
        foreach (var (name, ne, type, offset) in entries)
        {
            Assert.Equal(0, offset % 32);
            Tensors.Add(name, (ne, type, Floats(data + (int)offset, type, ne.Aggregate(1L, (a, b) => a * b))));
        }
    }

    public Dictionary<string, object> Values { get; } = [];

    public Dictionary<string, (long[] Ne, int Type, float[] Values)> Tensors { get; } = [];

    private float[] Floats(int at, int type, long count) =>
        type switch
        {
            0 => [.. Each(count).Select(i => BinaryPrimitives.ReadSingleLittleEndian(_bytes.AsSpan(at + 4 * i)))],
            1 => [.. Each(count).Select(i => (float)BinaryPrimitives.ReadHalfLittleEndian(_bytes.AsSpan(at + 2 * i)))],
            30 =>
            [
                .. Each(count)
                    .Select(i =>
                        BitConverter.UInt32BitsToSingle(
                            (uint)BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at + 2 * i)) << 16
                        )
                    ),
            ],
            8 =>
            [
                .. Each(count)
                    .Select(i =>
                        (float)BinaryPrimitives.ReadHalfLittleEndian(_bytes.AsSpan(at + i / 32 * 34))
                        * (sbyte)_bytes[at + i / 32 * 34 + 2 + i % 32]
                    ),
            ],
            _ => throw new InvalidDataException($"type {type}"),
        };

    private static IEnumerable<int> Each(long count) => Enumerable.Range(0, (int)count);

    private object Value(int type) =>
        type switch
        {
            4 => U32(),
            5 => (int)U32(),
            6 => BitConverter.UInt32BitsToSingle(U32()),
            7 => _bytes[_at++] == 1,
            8 => Text(),
            9 => List((int)U32(), U64()),
            _ => throw new InvalidDataException($"value type {type}"),
        };

    private object[] List(int type, long count)
    {
        var items = new object[count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Value(type);
        }

        return items;
    }

    private string Text()
    {
        var length = (int)U64();
        _at += length;
        return Encoding.UTF8.GetString(_bytes, _at - length, length);
    }

    private uint U32()
    {
        _at += 4;
        return BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(_at - 4));
    }

    private long U64()
    {
        _at += 8;
        return BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(_at - 8));
    }
}
