using System.Runtime.CompilerServices;
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static AlignedText Of(ReadOnlySpan<char> original, int start, int end)
    {
        var text = new AlignedText(end - start) { Length = end - start };
        original[start..end].CopyTo(text._chars);
        for (var i = 0; i < text.Length; i++)
        {
            var at = start + i;
            text._starts[i] =
                i > 0 && char.IsLowSurrogate(original[at]) && char.IsHighSurrogate(original[at - 1]) ? at - 1 : at;
            text._ends[i] = at + 1 < end && char.IsHighSurrogate(original[at]) ? at + 2 : at + 1;
        }

        return text;
    }

    public int Length { get; private set; }

    public ReadOnlySpan<char> Chars => _chars.AsSpan(0, Length);

    public int StartOf(int index) => _starts[index];

    public int EndOf(int index) => _ends[index];

    public void Append(char unit, int start, int end)
    {
        Reserve(1);
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
        var count = end - start;
        Reserve(count);
        other._chars.AsSpan(start, count).CopyTo(_chars.AsSpan(Length));
        other._starts.AsSpan(start, count).CopyTo(_starts.AsSpan(Length));
        other._ends.AsSpan(start, count).CopyTo(_ends.AsSpan(Length));
        Length += count;
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

    /// <summary>
    /// Writes new characters for the old, as tokenizers' NormalizedString::transform counts: a change of 0 takes the
    /// place of one character, -n of n more, and 1 is put in beside the character before it.
    /// </summary>
    public AlignedText Transform(IReadOnlyList<(int Point, int Change)> characters)
    {
        var target = new AlignedText(Length);
        var at = 0;
        foreach (var (point, change) in characters)
        {
            var source = Math.Min(change > 0 ? at - 1 : at, Length - 1);
            target.Append(new Rune(point), source < 0 ? 0 : _starts[source], source < 0 ? 0 : _ends[source]);
            for (var taken = change > 0 ? 0 : 1 - change; taken > 0 && at < Length; taken--)
            {
                at += char.IsHighSurrogate(_chars[at]) && at + 1 < Length ? 2 : 1;
            }
        }

        return target;
    }

    private void Reserve(int more)
    {
        if (Length + more <= _chars.Length)
        {
            return;
        }

        var size = Math.Max(Math.Max(16, Length * 2), Length + more);
        Array.Resize(ref _chars, size);
        Array.Resize(ref _starts, size);
        Array.Resize(ref _ends, size);
    }
}
