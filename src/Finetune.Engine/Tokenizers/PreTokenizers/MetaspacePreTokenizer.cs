using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>When Metaspace puts its mark in front: on the first piece of the text, on each, or never.</summary>
internal enum PrependScheme
{
    First,
    Always,
    Never,
}

/// <summary>Writes spaces as ▁, puts one in front, and cuts before each where asked (sentencepiece's words).</summary>
internal sealed class MetaspacePreTokenizer(Rune replacement, PrependScheme scheme, bool split) : IPreTokenizer
{
    private static readonly LiteralPattern Space = new(" ");
    private readonly string _mark = replacement.ToString();
    private readonly CharacterPattern _marks = new(point => point == replacement.Value);

    public void Apply(Pieces pieces)
    {
        pieces.Rewrite(Write);
        if (split)
        {
            pieces.Cut(_marks, SplitBehavior.MergedWithNext);
        }
    }

    private void Write(AlignedText text, (int Start, int End) range, AlignedText target)
    {
        var chars = text.Chars[range.Start..range.End];
        var marked = chars[0] == ' ' || chars.StartsWith(_mark, StringComparison.Ordinal);
        var asked = scheme == PrependScheme.Always || (scheme == PrependScheme.First && text.StartOf(range.Start) == 0);
        if (!marked && asked)
        {
            target.Append(_mark, text.StartOf(range.Start), text.EndOf(range.Start));
        }

        text.Replace(range.Start, range.End, Space, _mark, target);
    }
}
