namespace Finetune.Engine.Templates.Running;

/// <summary>A part of a text that a generation block made; places are UTF-16 units.</summary>
internal readonly record struct Mark(int Id, int Start, int End);

/// <summary>
/// Where generation blocks lie in texts that are not part of the output yet: what macros return, what set blocks hold.
/// Texts are told apart as objects, so a text that was made anew from another one has lost its marks.
/// </summary>
internal sealed class Marks
{
    private readonly Dictionary<string, IReadOnlyList<Mark>> _texts = new(ReferenceEqualityComparer.Instance);
    private readonly List<(int Start, int Length)> _made = [];

    /// <summary>A new one over a whole text, made when the output was that long.</summary>
    public string Add(string text, int outputLength)
    {
        _made.Add((outputLength, text.Length));
        var own = new string(text.AsSpan());
        if (own.Length > 0)
        {
            _texts[own] = [.. In(text), new Mark(_made.Count - 1, 0, text.Length)];
        }

        return own;
    }

    public IReadOnlyList<Mark> In(string text) =>
        _texts.Count > 0 && _texts.TryGetValue(text, out var marks) ? marks : [];

    public void Remember(string text, IReadOnlyList<Mark> marks)
    {
        if (marks.Count > 0 && text.Length > 0)
        {
            _texts[text] = marks;
        }
    }

    /// <summary>Gives a text that was cut from another one its marks.</summary>
    public void Carry(object from, object to)
    {
        if (from is string whole && to is string { Length: > 0 } part && In(whole) is { Count: > 0 } marks)
        {
            var start = whole.IndexOf(part, StringComparison.Ordinal);
            Remember(
                part,
                [
                    .. marks.Select(mark =>
                        mark with
                        {
                            Start = Math.Clamp(mark.Start - start, 0, part.Length),
                            End = Math.Clamp(mark.End - start, 0, part.Length),
                        }
                    ),
                ]
            );
        }
    }

    /// <summary>
    /// All of them, in order. One whose text was changed before it was written lies where Transformers says: at the
    /// length that the output had when it was made.
    /// </summary>
    public IReadOnlyList<(int Start, int End)> Landed(IReadOnlyList<Mark> output, int length)
    {
        var found = output.Select(mark => mark.Id).ToHashSet();
        return
        [
            .. output
                .Select(mark => (mark.Start, mark.End))
                .Concat(
                    _made
                        .Where((_, id) => !found.Contains(id))
                        .Select(made => (made.Start, Math.Min(length, made.Start + made.Length)))
                )
                .OrderBy(span => span.Item1),
        ];
    }
}
