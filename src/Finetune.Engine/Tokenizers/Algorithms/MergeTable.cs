namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// Which two tokens merge, at what rank, into what: an open hash table of pairs, since this look-up is the inner loop
/// of byte-pair encoding.
/// </summary>
internal sealed class MergeTable
{
    private const ulong Free = ulong.MaxValue;
    private readonly ulong[] _keys;
    private readonly (int Rank, int Id)[] _values;
    private readonly int _mask;

    public MergeTable(int count)
    {
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, count * 2));
        _keys = new ulong[size];
        _values = new (int, int)[size];
        _mask = size - 1;
        Array.Fill(_keys, Free);
    }

    /// <summary>One more than the highest rank.</summary>
    public int Ranks { get; private set; }

    /// <summary>The last one wins where a pair is given twice.</summary>
    public void Add(int left, int right, int rank, int id)
    {
        var slot = Slot(Key(left, right));
        _keys[slot] = Key(left, right);
        _values[slot] = (rank, id);
        Ranks = Math.Max(Ranks, rank + 1);
    }

    public bool TryGet(int left, int right, out int rank, out int id)
    {
        var slot = Slot(Key(left, right));
        (rank, id) = _values[slot];
        return _keys[slot] != Free;
    }

    private int Slot(ulong key)
    {
        var slot = (int)(key * 0x9E3779B97F4A7C15UL >> 32) & _mask;
        while (_keys[slot] != key && _keys[slot] != Free)
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
