using System.Buffers.Binary;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>
/// Sentencepiece's compiled rules: a double-array trie of UTF-8 keys, and the replacements they point to, each ended
/// by a zero byte.
/// </summary>
internal sealed class Charsmap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;

    /// <exception cref="FormatException">The bytes are no such map.</exception>
    public Charsmap(byte[] blob)
    {
        var size = blob.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(blob) : 0;
        if (size == 0 || size % 4 != 0 || size > blob.Length - 4)
        {
            throw new FormatException("a map whose trie is longer than itself");
        }

        _units = new uint[size / 4];
        for (var i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob.AsSpan(4 + i * 4));
        }

        _replacements = blob[(int)(4 + size)..];
    }

    /// <summary>The replacement for the shortest key that the bytes start with, or null.</summary>
    public string? Find(ReadOnlySpan<byte> text)
    {
        var at = Offset(Unit(0));
        foreach (var value in text)
        {
            if (value == 0)
            {
                return null;
            }

            at ^= value;
            var unit = Unit(at);
            if ((unit & 0x800000FF) != value)
            {
                return null;
            }

            at ^= Offset(unit);
            if ((unit >> 8 & 1) == 1)
            {
                return Replacement((int)(Unit(at) & 0x7FFFFFFF));
            }
        }

        return null;
    }

    private string Replacement(int from)
    {
        var rest = _replacements.AsSpan(Math.Min(from, _replacements.Length));
        var end = rest.IndexOf((byte)0);
        return System.Text.Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]);
    }

    private uint Unit(uint index) => index < _units.Length ? _units[index] : 0;

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & (1 << 9)) >> 6);
}
