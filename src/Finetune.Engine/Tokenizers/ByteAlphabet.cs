namespace Finetune.Engine.Tokenizers;

/// <summary>
/// GPT-2's one character for each byte: printable Latin-1 stands for itself, the others are moved to U+0100 and on.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] CharOfByte = Build();
    private static readonly short[] ByteOfChar = Invert();

    public static char CharOf(byte value) => CharOfByte[value];

    /// <summary>The byte that a character stands for, or -1.</summary>
    public static int ByteOf(char unit) => unit < ByteOfChar.Length ? ByteOfChar[unit] : -1;

    /// <summary>The characters that stand for the bytes of a character.</summary>
    public static string Write(System.Text.Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        Span<char> chars = stackalloc char[4];
        var count = rune.EncodeToUtf8(bytes);
        for (var i = 0; i < count; i++)
        {
            chars[i] = CharOf(bytes[i]);
        }

        return new string(chars[..count]);
    }

    private static char[] Build()
    {
        var chars = new char[256];
        var moved = 0;
        for (var value = 0; value < 256; value++)
        {
            var printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            chars[value] = printable ? (char)value : (char)(256 + moved++);
        }

        return chars;
    }

    private static short[] Invert()
    {
        var bytes = new short[256 + 68];
        Array.Fill(bytes, (short)-1);
        for (var value = 0; value < 256; value++)
        {
            bytes[CharOfByte[value]] = (short)value;
        }

        return bytes;
    }
}
