using System.Text;

namespace Finetune.Engine.Tokenizers;

/// <summary>
/// Text on its way through normalizers and pre-tokenizers. Each UTF-16 unit carries the stretch of the original text
/// it stands for, [start, end) in UTF-16 units of the original.
/// </summary>
internal sealed class AlignedText
{
    private char[] _chars;
    private int[] _starts;
    private int[] _ends;

    public AlignedText(int capacity)
    {
        _chars = new char[capacity];
        _starts = new int[capacity];
        _ends = new int[capacity];
    }

    /// <summary>The stretch [start, end) of <paramref name="original"/>, each character standing for itself.</summary>
    public static AlignedText Of(ReadOnlySpan<char> original, int start, int end)
    {
        var text = new AlignedText(end - start);
        for (var i = start; i < end; i++)
        {
            if (char.IsHighSurrogate(original[i]) && i + 1 < end)
            {
                text.Append(original[i], i, i + 2);
                text.Append(original[i + 1], i, i + 2);
                i++;
            }
            else
            {
                text.Append(original[i], i, i + 1);
            }
        }

        return text;
    }

    public int Length { get; private set; }

    public ReadOnlySpan<char> Chars => _chars.AsSpan(0, Length);

    public int StartOf(int index) => _starts[index];

    public int EndOf(int index) => _ends[index];

    public void Append(char unit, int start, int end)
    {
        if (Length == _chars.Length)
        {
            var size = Math.Max(16, Length * 2);
            Array.Resize(ref _chars, size);
            Array.Resize(ref _starts, size);
            Array.Resize(ref _ends, size);
        }

        _chars[Length] = unit;
        _starts[Length] = start;
        _ends[Length] = end;
        Length++;
    }

    public void Append(ReadOnlySpan<char> units, int start, int end)
    {
        foreach (var unit in units)
        {
            Append(unit, start, end);
        }
    }

    public void Append(Rune rune, int start, int end)
    {
        Span<char> units = stackalloc char[2];
        Append(units[..rune.EncodeToUtf16(units)], start, end);
    }

    /// <summary>Takes over a stretch of another text with its alignments.</summary>
    public void AppendFrom(AlignedText other, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            Append(other._chars[i], other._starts[i], other._ends[i]);
        }
    }

    /// <summary>
    /// Replaces every match; what is put in stands for the last character of the match (tokenizers'
    /// NormalizedString::replace).
    /// </summary>
    public AlignedText Replace(Patterns.IPattern pattern, string content) =>
        Replace(0, Length, pattern, content, new AlignedText(Length));

    public AlignedText Replace(int start, int end, Patterns.IPattern pattern, string content, AlignedText target)
    {
        foreach (var stretch in pattern.Find(Chars[start..end]))
        {
            if (!stretch.Matched)
            {
                target.AppendFrom(this, start + stretch.Start, start + stretch.End);
                continue;
            }

            var last = start + stretch.End - 1;
            target.Append(content, last < 0 ? 0 : _starts[last], last < 0 ? 0 : _ends[last]);
        }

        return target;
    }
}
