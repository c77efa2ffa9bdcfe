using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Takes white space off one end or both.</summary>
internal sealed class StripNormalizer(bool left, bool right) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        var (start, end) = (0, text.Length);
        while (left && start < end && UnicodeSets.Space.Contains(text.Chars[start]))
        {
            start++;
        }

        while (right && end > start && UnicodeSets.Space.Contains(text.Chars[end - 1]))
        {
            end--;
        }

        var target = new AlignedText(end - start);
        target.AppendFrom(text, start, end);
        return target;
    }
}
