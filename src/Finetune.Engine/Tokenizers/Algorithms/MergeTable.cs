namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// Which two tokens merge, at what rank, into what: an open hash table of pairs, since this look-up is the inner loop
/// of byte-pair encoding.
/// </summary>
internal sealed class MergeTable
{
    private const ulong Free = ulong.MaxValue;
    private readonly (ulong Key, int Rank, int Id)[] _entries;
    private readonly int _mask;

    public MergeTable(int count)
    {
        var size = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, count * 2));
        _entries = new (ulong, int, int)[size];
        _mask = size - 1;
        Array.Fill(_entries, (Free, 0, 0));
    }

    /// <summary>One more than the highest rank.</summary>
    public int Ranks { get; private set; }

    /// <summary>The last one wins where a pair is given twice.</summary>
    public void Add(int left, int right, int rank, int id)
    {
        var key = Key(left, right);
        _entries[Slot(key)] = (key, rank, id);
        Ranks = Math.Max(Ranks, rank + 1);
    }

    public bool TryGet(int left, int right, out int rank, out int id)
    {
        (var key, rank, id) = _entries[Slot(Key(left, right))];
        return key != Free;
    }

    private int Slot(ulong key)
    {
        var slot = (int)(key * 0x9E3779B97F4A7C15UL >> 32) & _mask;
        while (_entries[slot].Key != key && _entries[slot].Key != Free)
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }

    private static ulong Key(int left, int right) => (ulong)(uint)left << 32 | (uint)right;
}
