using System.Runtime.CompilerServices;

namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>Merges a long word with a linked list of its symbols and a queue of candidates.</summary>
internal sealed class LongMerge
{
    // One symbol and its neighbours, side by side in memory since they are read together.
    private struct Link
    {
        public int Symbol;
        public int Width;
        public int Next;
        public int Previous;
    }

    private const int WorthBuckets = 16_384;
    private readonly MergeTable _merges;
    private readonly List<int> _ids;
    private readonly List<int> _widths;
    private readonly Link[] _links;
    private readonly IMergeQueue _queue;

    public LongMerge(MergeTable merges, List<int> ids, List<int> widths)
    {
        (_merges, _ids, _widths) = (merges, ids, widths);
        _links = new Link[ids.Count];
        _queue = ids.Count >= WorthBuckets ? new MergeBuckets(merges.Ranks, ids.Count) : new MergeHeap(ids.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run()
    {
        for (var i = 0; i < _links.Length; i++)
        {
            _links[i] = new Link
            {
                Symbol = _ids[i],
                Width = _widths[i],
                Next = i + 1,
                Previous = i - 1,
            };
        }

        for (var i = 0; i + 1 < _links.Length; i++)
        {
            Offer(i, i + 1);
        }

        while (_queue.TryTake(out var queued, out var at))
        {
            ref var left = ref _links[at];

            // A candidate is stale when one of its symbols was merged away since it was put in.
            if (
                left.Symbol < 0
                || left.Next == _links.Length
                || !_merges.TryGet(left.Symbol, _links[left.Next].Symbol, out var rank, out var merged)
                || rank != queued
            )
            {
                continue;
            }

            Join(at, merged);
        }

        Finish();
    }

    private void Join(int at, int merged)
    {
        ref var left = ref _links[at];
        ref var right = ref _links[left.Next];
        left.Symbol = merged;
        left.Width += right.Width;
        left.Next = right.Next;
        right.Symbol = -1;
        if (left.Next < _links.Length)
        {
            _links[left.Next].Previous = at;
            Offer(at, left.Next);
        }

        if (left.Previous >= 0)
        {
            Offer(left.Previous, at);
        }
    }

    private void Finish()
    {
        _ids.Clear();
        _widths.Clear();
        for (var i = 0; i < _links.Length; i = _links[i].Next)
        {
            _ids.Add(_links[i].Symbol);
            _widths.Add(_links[i].Width);
        }
    }

    private void Offer(int left, int right)
    {
        if (_merges.TryGet(_links[left].Symbol, _links[right].Symbol, out var rank, out _))
        {
            _queue.Offer(rank, left);
        }
    }
}
