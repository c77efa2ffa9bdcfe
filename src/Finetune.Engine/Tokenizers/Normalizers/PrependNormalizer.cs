namespace Finetune.Engine.Tokenizers.Normalizers;

/// <summary>Puts a string in front of a text that is not empty; it stands for the first character.</summary>
internal sealed class PrependNormalizer(string prefix) : INormalizer
{
    public AlignedText Apply(AlignedText text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var target = new AlignedText(text.Length + prefix.Length);
        target.Append(prefix, text.StartOf(0), text.EndOf(0));
        target.AppendFrom(text, 0, text.Length);
        return target;
    }
}
