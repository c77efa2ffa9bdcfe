namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Merges a long word with a linked list of symbols and a four-way heap of (rank, place) keys.</summary>
internal sealed class LongMerge
{
    private readonly MergeTable _merges;
    private readonly List<int> _ids;
    private readonly List<int> _widths;
    private readonly int[] _symbols;
    private readonly int[] _sizes;
    private readonly int[] _next;
    private readonly int[] _previous;
    private long[] _heap;
    private int _count;

    public LongMerge(MergeTable merges, List<int> ids, List<int> widths)
    {
        (_merges, _ids, _widths) = (merges, ids, widths);
        (_symbols, _sizes) = ([.. ids], [.. widths]);
        (_next, _previous) = (new int[ids.Count], new int[ids.Count]);
        _heap = new long[ids.Count];
    }

    public void Run()
    {
        Start();
        while (_count > 0)
        {
            var key = Pop();
            var at = (int)(key & int.MaxValue);
            var after = _symbols[at] < 0 ? _symbols.Length : _next[at];

            // A candidate is stale when one of its symbols was merged away since it was put in.
            if (
                after == _symbols.Length
                || !_merges.TryGet(_symbols[at], _symbols[after], out var rank, out var merged)
                || rank != key >> 32
            )
            {
                continue;
            }

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

        Finish();
    }

    private void Start()
    {
        for (var i = 0; i < _symbols.Length; i++)
        {
            (_next[i], _previous[i]) = (i + 1, i - 1);
            if (i + 1 < _symbols.Length && _merges.TryGet(_symbols[i], _symbols[i + 1], out var rank, out _))
            {
                _heap[_count++] = (long)rank << 32 | (uint)i;
            }
        }

        for (var i = _count / 4; i >= 0; i--)
        {
            Sink(i);
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
        if (!_merges.TryGet(_symbols[left], _symbols[right], out var rank, out _))
        {
            return;
        }

        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count * 2);
        }

        var key = (long)rank << 32 | (uint)left;
        var at = _count++;
        while (at > 0 && _heap[(at - 1) / 4] > key)
        {
            _heap[at] = _heap[(at - 1) / 4];
            at = (at - 1) / 4;
        }

        _heap[at] = key;
    }

    private long Pop()
    {
        var top = _heap[0];
        _heap[0] = _heap[--_count];
        Sink(0);
        return top;
    }

    private void Sink(int at)
    {
        if (at >= _count)
        {
            return;
        }

        var key = _heap[at];
        while (at * 4 + 1 < _count)
        {
            var child = at * 4 + 1;
            var last = Math.Min(child + 4, _count);
            for (var other = child + 1; other < last; other++)
            {
                child = _heap[other] < _heap[child] ? other : child;
            }

            if (_heap[child] >= key)
            {
                break;
            }

            _heap[at] = _heap[child];
            at = child;
        }

        _heap[at] = key;
    }
}
