using System.Globalization;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>
/// Sentencepiece's compiled normalization as tokenizers runs it: a grapheme of less than six bytes is replaced whole by
/// what its shortest matching prefix maps to; otherwise it goes character by character.
/// </summary>
internal sealed class PrecompiledNormalizer(Charsmap map) : INormalizer
{
    private const int ShortGrapheme = 6;

    public static PrecompiledNormalizer Read(JsonPlace place)
    {
        place.Closed("type", "precompiled_charsmap");
        var blob = place.Required("precompiled_charsmap");
        try
        {
            return new PrecompiledNormalizer(new Charsmap(Convert.FromBase64String(blob.AsString())));
        }
        catch (FormatException error)
        {
            throw blob.Fail($"a base64 character map ({error.Message})");
        }
    }

    public AlignedText Apply(AlignedText text)
    {
        var made = new List<(int Point, int Change)>(text.Length);
        Span<byte> bytes = stackalloc byte[ShortGrapheme * 4];
        for (var at = 0; at < text.Length; )
        {
            var length = StringInfo.GetNextTextElementLength(text.Chars[at..]);
            var grapheme = text.Chars.Slice(at, length);
            at += length;
            if (
                System.Text.Encoding.UTF8.TryGetBytes(grapheme, bytes, out var count)
                && count < ShortGrapheme
                && map.Find(bytes[..count]) is { } whole
            )
            {
                Replace(made, grapheme, whole);
                continue;
            }

            foreach (var rune in grapheme.EnumerateRunes())
            {
                if (map.Find(bytes[..rune.EncodeToUtf8(bytes)]) is { } replaced)
                {
                    Replace(made, rune.ToString(), replaced);
                }
                else
                {
                    made.Add((rune.Value, 0));
                }
            }
        }

        return text.Transform(made);
    }

    // The last of the new characters carry the difference; one that has no new character falls to the one before it.
    private static void Replace(List<(int Point, int Change)> made, ReadOnlySpan<char> old, string replaced)
    {
        var more = 0;
        foreach (var rune in replaced.EnumerateRunes())
        {
            made.Add((rune.Value, 0));
            more++;
        }

        foreach (var _ in old.EnumerateRunes())
        {
            more--;
        }

        for (var i = 1; i <= more; i++)
        {
            made[^i] = made[^i] with { Change = 1 };
        }

        if (more < 0 && made.Count > 0)
        {
            made[^1] = made[^1] with { Change = made[^1].Change + more };
        }
    }
}
