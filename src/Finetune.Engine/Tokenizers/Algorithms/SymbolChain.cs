namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// The symbols of one word, joined by merges: always the pair of lowest rank, the leftmost of equals. Short words scan
/// for it; long ones keep a heap of candidates, so that a million characters without a space stay n log n.
/// </summary>
internal sealed class SymbolChain(int capacity)
{
    private const int Scanned = 48;
    private readonly List<int> _ids = new(capacity);
    private readonly List<int> _widths = new(capacity);

    /// <summary>Ids, and the UTF-8 bytes that each stands for.</summary>
    public (int[] Ids, int[] Widths) Result => ([.. _ids], [.. _widths]);

    public void Add(int id, int width)
    {
        _ids.Add(id);
        _widths.Add(width);
    }

    public void Merge(MergeTable merges)
    {
        if (_ids.Count <= Scanned)
        {
            Scan(merges);
        }
        else
        {
            new LongMerge(merges, _ids, _widths).Run();
        }
    }

    private void Scan(MergeTable merges)
    {
        Span<int> ranks = stackalloc int[Scanned];
        for (var i = 0; i + 1 < _ids.Count; i++)
        {
            ranks[i] = Rank(merges, i);
        }

        while (_ids.Count > 1)
        {
            var best = 0;
            for (var i = 1; i + 1 < _ids.Count; i++)
            {
                best = ranks[i] < ranks[best] ? i : best;
            }

            if (ranks[best] == int.MaxValue)
            {
                return;
            }

            merges.TryGet(_ids[best], _ids[best + 1], out _, out var merged);
            _ids[best] = merged;
            _widths[best] += _widths[best + 1];
            _ids.RemoveAt(best + 1);
            _widths.RemoveAt(best + 1);
            ranks[(best + 1)..].CopyTo(ranks[best..]);
            if (best > 0)
            {
                ranks[best - 1] = Rank(merges, best - 1);
            }

            if (best + 1 < _ids.Count)
            {
                ranks[best] = Rank(merges, best);
            }
        }
    }

    private int Rank(MergeTable merges, int at) =>
        merges.TryGet(_ids[at], _ids[at + 1], out var rank, out _) ? rank : int.MaxValue;
}
