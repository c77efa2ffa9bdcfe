using System.Runtime.CompilerServices;
using System.Text;
using Finetune.Engine.Tokenizers.Patterns;

namespace Finetune.Engine.Tokenizers.PreTokenizers;

/// <summary>Splits by GPT-2's pattern where asked, and turns every UTF-8 byte into its character.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : IPreTokenizer
{
    private static readonly Lazy<RegexPattern> Gpt2 = new(() => new RegexPattern(RegexPattern.Gpt2));

    /// <summary>What it cuts raw text by before bytes are written, where it puts nothing in front.</summary>
    public RegexPattern? Pattern => useRegex ? Gpt2.Value : null;

    public bool AddsPrefix => addPrefixSpace;

    public void Apply(Pieces pieces)
    {
        if (addPrefixSpace)
        {
            pieces.Rewrite(Prefix);
        }

        if (useRegex)
        {
            pieces.Cut(Gpt2.Value, SplitBehavior.Isolated);
        }

        pieces.Rewrite(ToBytes);
    }

    private static void Prefix(AlignedText text, (int Start, int End) range, AlignedText target)
    {
        if (text.Chars[range.Start] != ' ')
        {
            target.Append(' ', text.StartOf(range.Start), text.EndOf(range.Start));
        }

        target.AppendFrom(text, range.Start, range.End);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToBytes(AlignedText text, (int Start, int End) range, AlignedText target)
    {
        Span<byte> bytes = stackalloc byte[4];
        var chars = text.Chars[range.Start..range.End];
        for (var at = 0; at < chars.Length; )
        {
            var (start, end) = (text.StartOf(range.Start + at), text.EndOf(range.Start + at));
            if (chars[at] < 0x80)
            {
                target.Append(ByteAlphabet.CharOf((byte)chars[at]), start, end);
                at++;
                continue;
            }

            Rune.DecodeFromUtf16(chars[at..], out var rune, out var width);
            foreach (var value in bytes[..rune.EncodeToUtf8(bytes)])
            {
                target.Append(ByteAlphabet.CharOf(value), start, end);
            }

            at += width;
        }
    }
}
