using Finetune.Engine.Tokenizers.Patterns;
using Finetune.Engine.Tokenizers.PreTokenizers;

namespace Finetune.Engine.Tokenizers;

/// <summary>
/// A stretch of a text on its way through the pre-tokenizers: the text and the pieces it is cut into so far. A
/// pre-tokenizer cuts pieces further, or writes a new text and pieces of that.
/// </summary>
internal sealed class Pieces(AlignedText text, List<(int Start, int End)> ranges)
{
    public AlignedText Text { get; private set; } = text;

    public List<(int Start, int End)> Ranges { get; private set; } = ranges;

    /// <summary>Cuts every piece; empty pieces vanish.</summary>
    public void Cut(IPattern pattern, SplitBehavior behavior, bool invert = false)
    {
        var ranges = new List<(int, int)>(Ranges.Count);
        foreach (var range in Ranges)
        {
            var stretches = pattern.Find(Text.Chars[range.Start..range.End]);
            SplitBehaviors.Cut(stretches, behavior, invert, range.Start, ranges);
        }

        Ranges = ranges;
    }

    /// <summary>Writes every piece anew.</summary>
    public void Rewrite(Action<AlignedText, (int Start, int End), AlignedText> write)
    {
        var target = new AlignedText(Text.Length + 16);
        var ranges = new List<(int, int)>(Ranges.Count);
        foreach (var range in Ranges)
        {
            var start = target.Length;
            write(Text, range, target);
            if (target.Length > start)
            {
                ranges.Add((start, target.Length));
            }
        }

        (Text, Ranges) = (target, ranges);
    }
}
