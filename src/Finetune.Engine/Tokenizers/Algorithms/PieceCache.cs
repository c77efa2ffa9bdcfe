namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// Remembers the ids of short pieces of ASCII in a table of fixed size, where a newer piece takes the place of an older
/// one: memory stays flat, and a look-up is one comparison. Safe to use from many threads at once without a lock, since
/// an entry is never changed once made. What it holds never changes a result.
/// </summary>
internal sealed class PieceCache
{
    private const int Bits = 16;
    private const int Longest = 16;
    private readonly Entry?[] _entries = new Entry?[1 << Bits];

    private sealed class Entry((ulong Low, ulong High) key, int[] ids)
    {
        public readonly ulong Low = key.Low;
        public readonly ulong High = key.High;
        public readonly int[] Ids = ids;
    }

    /// <summary>A piece's bytes side by side; false where it is no short ASCII.</summary>
    public static bool TryKey(ReadOnlySpan<char> piece, out (ulong Low, ulong High) key)
    {
        var (low, high, seen) = (0UL, 0UL, 0);
        key = default;
        if ((uint)piece.Length > Longest)
        {
            return false;
        }

        for (var i = 0; i < piece.Length; i++)
        {
            seen |= piece[i];
            if (i < 8)
            {
                low |= (ulong)piece[i] << (i * 8);
            }
            else
            {
                high |= (ulong)piece[i] << (i * 8 - 64);
            }
        }

        // A zero byte at the end would be as none.
        key = (low, high);
        return seen < 0x80 && piece.Length > 0 && piece[^1] != 0;
    }

    public int[]? Find((ulong Low, ulong High) key) =>
        Volatile.Read(ref _entries[Slot(key)]) is { } entry && entry.Low == key.Low && entry.High == key.High
            ? entry.Ids
            : null;

    public void Keep((ulong Low, ulong High) key, int[] ids) => Volatile.Write(ref _entries[Slot(key)], new(key, ids));

    private static int Slot((ulong Low, ulong High) key) =>
        (int)((key.Low * 0x9E3779B97F4A7C15UL ^ key.High * 0xC2B2AE3D27D4EB4FUL) >> (64 - Bits));
}
