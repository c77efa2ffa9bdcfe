using System.Text;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Keeps the characters that pass: StripAccents.</summary>
internal sealed class FilterNormalizer(Func<int, bool> keeps) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        var target = new AlignedText(text.Length);
        for (var at = 0; at < text.Length; )
        {
            Rune.DecodeFromUtf16(text.Chars[at..], out var rune, out var length);
            if (keeps(rune.Value))
            {
                target.AppendFrom(text, at, at + length);
            }

            at += length;
        }

        return target;
    }
}
