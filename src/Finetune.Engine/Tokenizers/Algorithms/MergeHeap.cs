namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>A four-way heap of (rank, place) keys: small to make, right for words of some hundred characters.</summary>
internal sealed class MergeHeap(int capacity) : IMergeQueue
{
    private long[] _heap = new long[Math.Max(1, capacity)];
    private int _count;

    public void Offer(int rank, int place)
    {
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, _count * 2);
        }

        var key = (long)rank << 32 | (uint)place;
        var at = _count++;
        while (at > 0 && _heap[(at - 1) / 4] > key)
        {
            _heap[at] = _heap[(at - 1) / 4];
            at = (at - 1) / 4;
        }

        _heap[at] = key;
    }

    public bool TryTake(out int rank, out int place)
    {
        if (_count == 0)
        {
            (rank, place) = (0, 0);
            return false;
        }

        (rank, place) = ((int)(_heap[0] >> 32), (int)(_heap[0] & int.MaxValue));
        var key = _heap[--_count];
        var at = 0;
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
        return true;
    }
}
