using System.Buffers.Binary;

namespace Finetune.Engine.Tests.Tokenizers.Conversion;

/// <summary>Writes sentencepiece models: the wire format by hand, so that the reader is read against the format.</summary>
internal sealed class PieceFile
{
    private readonly List<byte> _model = [];

    /// <summary>Adds a piece; kinds as in sentencepiece_model.proto (1 normal, 2 unknown, 3 control, 4 user, 6 byte).</summary>
    public PieceFile Piece(string text, float score, int kind)
    {
        var piece = new List<byte>();
        Bytes(piece, 1, System.Text.Encoding.UTF8.GetBytes(text));
        Varint(piece, 2 << 3 | 5);
        Span<byte> bits = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bits, score);
        piece.AddRange(bits);
        Number(piece, 3, (ulong)kind);
        Bytes(_model, 1, [.. piece]);
        return this;
    }

    /// <summary>1 unigram, 2 bpe.</summary>
    public PieceFile Trainer(int algorithm, int unknownId, bool byteFallback = false)
    {
        var spec = new List<byte>();
        Number(spec, 3, (ulong)algorithm);
        Number(spec, 35, byteFallback ? 1UL : 0);
        Number(spec, 40, (ulong)unknownId);
        Bytes(_model, 2, [.. spec]);
        return this;
    }

    public PieceFile Normalizer(byte[] charsmap, bool dummyPrefix = true, bool removeExtraSpaces = true)
    {
        var spec = new List<byte>();
        Bytes(spec, 2, charsmap);
        Number(spec, 3, dummyPrefix ? 1UL : 0);
        Number(spec, 4, removeExtraSpaces ? 1UL : 0);
        Bytes(_model, 3, [.. spec]);
        return this;
    }

    public byte[] ToArray() => [.. _model];

    private static void Number(List<byte> target, int field, ulong value)
    {
        Varint(target, (ulong)field << 3);
        Varint(target, value);
    }

    private static void Bytes(List<byte> target, int field, byte[] bytes)
    {
        Varint(target, (ulong)field << 3 | 2);
        Varint(target, (ulong)bytes.Length);
        target.AddRange(bytes);
    }

    private static void Varint(List<byte> target, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target.Add((byte)(value | 0x80));
        }

        target.Add((byte)value);
    }
}
