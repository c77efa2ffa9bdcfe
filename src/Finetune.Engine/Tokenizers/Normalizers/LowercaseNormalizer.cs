using System.Text;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Lower case character by character: İ becomes i and U+0307, Σ is σ at a word's end too.</summary>
internal sealed class LowercaseNormalizer : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        var target = new AlignedText(text.Length);
        for (var at = 0; at < text.Length; )
        {
            Rune.DecodeFromUtf16(text.Chars[at..], out var rune, out var length);
            var (start, end) = (text.StartOf(at), text.EndOf(at));
            at += length;
            if (rune.Value == 0x130)
            {
                target.Append("i\u0307", start, end);
            }
            else
            {
                target.Append(rune.Value == 0x1E9E ? new Rune('ß') : Rune.ToLowerInvariant(rune), start, end);
            }
        }

        return target;
    }
}
