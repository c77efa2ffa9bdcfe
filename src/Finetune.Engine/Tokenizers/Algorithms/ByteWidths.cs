using System.Text;

namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Turns the tokens' UTF-8 widths into the UTF-16 units of the piece that they stand for.</summary>
internal static class ByteWidths
{
    /// <summary>Widths count from the piece's start: a token of part of a character's bytes stands for all of it.</summary>
    public static Segmentation Place(ReadOnlySpan<char> piece, int[] ids, int[] widths)
    {
        var unitOfByte = System.Text.Ascii.IsValid(piece) ? null : Units(piece);
        var (firsts, lasts) = (new int[ids.Length], new int[ids.Length]);
        var at = 0;
        for (var i = 0; i < ids.Length; i++)
        {
            (firsts[i], lasts[i]) = (Unit(at), Unit(at + widths[i] - 1));
            at += widths[i];
        }

        return new Segmentation(ids, firsts, lasts);

        int Unit(int index) => unitOfByte is null ? index : unitOfByte[Math.Min(index, unitOfByte.Length - 1)];
    }

    private static int[] Units(ReadOnlySpan<char> piece)
    {
        var units = new List<int>(piece.Length * 2);
        for (var at = 0; at < piece.Length; )
        {
            Rune.DecodeFromUtf16(piece[at..], out var rune, out var length);
            for (var i = 0; i < rune.Utf8SequenceLength; i++)
            {
                units.Add(at);
            }

            at += length;
        }

        return [.. units];
    }
}
