using System.Text;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Writes another text for a character; null leaves it, an empty text drops it.</summary>
internal sealed class MapNormalizer(Func<Rune, string?> map) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        var target = new AlignedText(text.Length);
        for (var at = 0; at < text.Length; )
        {
            Rune.DecodeFromUtf16(text.Chars[at..], out var rune, out var width);
            if (map(rune) is { } other)
            {
                target.Append(other, text.StartOf(at), text.EndOf(at));
            }
            else
            {
                target.AppendFrom(text, at, at + width);
            }

            at += width;
        }

        return target;
    }
}
