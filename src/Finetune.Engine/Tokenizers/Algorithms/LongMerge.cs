namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Merges a long word with a linked list of its symbols and a queue of candidates.</summary>
internal sealed class LongMerge
{
    private const int WorthBuckets = 16_384;
    private readonly MergeTable _merges;
    private readonly List<int> _ids;
    private readonly List<int> _widths;
    private readonly int[] _symbols;
    private readonly int[] _sizes;
    private readonly int[] _next;
    private readonly int[] _previous;
    private readonly IMergeQueue _queue;

    public LongMerge(MergeTable merges, List<int> ids, List<int> widths)
    {
        (_merges, _ids, _widths) = (merges, ids, widths);
        (_symbols, _sizes) = ([.. ids], [.. widths]);
        (_next, _previous) = (new int[ids.Count], new int[ids.Count]);
        _queue = ids.Count >= WorthBuckets ? new MergeBuckets(merges.Ranks, ids.Count) : new MergeHeap(ids.Count);
    }

    public void Run()
    {
        for (var i = 0; i < _symbols.Length; i++)
        {
            (_next[i], _previous[i]) = (i + 1, i - 1);
            if (i + 1 < _symbols.Length)
            {
                Offer(i, i + 1);
            }
        }

        while (_queue.TryTake(out var queued, out var at))
        {
            var after = _symbols[at] < 0 ? _symbols.Length : _next[at];

            // A candidate is stale when one of its symbols was merged away since it was put in.
            if (
                after == _symbols.Length
                || !_merges.TryGet(_symbols[at], _symbols[after], out var rank, out var merged)
                || rank != queued
            )
            {
                continue;
            }

            Join(at, after, merged);
        }

        Finish();
    }

    private void Join(int at, int after, int merged)
    {
        _symbols[at] = merged;
        _sizes[at] += _sizes[after];
        _symbols[after] = -1;
        _next[at] = _next[after];
        if (_next[at] < _symbols.Length)
        {
            _previous[_next[at]] = at;
            Offer(at, _next[at]);
        }

        if (_previous[at] >= 0)
        {
            Offer(_previous[at], at);
        }
    }

    private void Finish()
    {
        _ids.Clear();
        _widths.Clear();
        for (var i = 0; i < _symbols.Length; i = _next[i])
        {
            _ids.Add(_symbols[i]);
            _widths.Add(_sizes[i]);
        }
    }

    private void Offer(int left, int right)
    {
        if (_merges.TryGet(_symbols[left], _symbols[right], out var rank, out _))
        {
            _queue.Offer(rank, left);
        }
    }
}
