using System.Runtime.CompilerServices;

namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// One list of places for each rank, sorted when its turn comes. A million candidates are then gone through in the
/// order of memory, where a heap would jump about in it. Costs the number of ranks to make, so it is for long pieces.
/// </summary>
internal sealed class MergeBuckets : IMergeQueue
{
    private readonly List<(int Place, int Next)> _nodes;
    private readonly int[] _heads;
    private readonly List<ulong[]> _levels = [];
    private readonly List<int> _now = [];
    private int _free = -1;
    private int _rank = -1;
    private int _at;

    public MergeBuckets(int ranks, int capacity)
    {
        _nodes = new List<(int, int)>(capacity);
        _heads = new int[ranks];
        Array.Fill(_heads, -1);
        for (var size = ranks; ; )
        {
            size = (size + 63) / 64;
            _levels.Add(new ulong[Math.Max(1, size)]);
            if (size <= 1)
            {
                break;
            }
        }
    }

    public void Offer(int rank, int place)
    {
        if (rank <= _rank)
        {
            PutBack();
        }

        Push(rank, place);
    }

    public bool TryTake(out int rank, out int place)
    {
        if (_at >= _now.Count && !Turn())
        {
            (rank, place) = (0, 0);
            return false;
        }

        (rank, place) = (_rank, _now[_at++]);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Turn()
    {
        _rank = First();
        if (_rank < 0)
        {
            return false;
        }

        _now.Clear();
        _at = 0;
        for (var node = _heads[_rank]; node >= 0; )
        {
            // The node is free for a later candidate.
            var (place, next) = _nodes[node];
            _now.Add(place);
            _nodes[node] = (0, _free);
            (_free, node) = (node, next);
        }

        _now.Reverse();
        for (var i = 1; i < _now.Count; i++)
        {
            if (_now[i] < _now[i - 1])
            {
                _now.Sort();
                break;
            }
        }

        _heads[_rank] = -1;
        var index = _rank;
        foreach (var level in _levels)
        {
            level[index >> 6] &= ~(1UL << (index & 63));
            if (level[index >> 6] != 0)
            {
                break;
            }

            index >>= 6;
        }

        return true;
    }

    // A merge made a candidate that comes before the rest of the list at hand.
    private void PutBack()
    {
        for (; _at < _now.Count; _at++)
        {
            Push(_rank, _now[_at]);
        }

        _rank = -1;
    }

    private void Push(int rank, int place)
    {
        var node = _free;
        if (node < 0)
        {
            node = _nodes.Count;
            _nodes.Add(default);
        }
        else
        {
            _free = _nodes[node].Next;
        }

        _nodes[node] = (place, _heads[rank]);
        _heads[rank] = node;
        var index = rank;
        foreach (var level in _levels)
        {
            level[index >> 6] |= 1UL << (index & 63);
            index >>= 6;
        }
    }

    // The lowest rank that has candidates: one bit for a rank, one for 64 of them, and so on up.
    private int First()
    {
        var index = 0;
        for (var i = _levels.Count - 1; i >= 0; i--)
        {
            if (_levels[i][index] == 0)
            {
                return -1;
            }

            index = index << 6 | System.Numerics.BitOperations.TrailingZeroCount(_levels[i][index]);
        }

        return index;
    }
}
