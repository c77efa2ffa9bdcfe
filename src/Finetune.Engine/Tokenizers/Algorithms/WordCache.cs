using System.Collections.Concurrent;

namespace Finetune.Engine.Tokenizers.Algorithms;

/// <summary>
/// Remembers short pieces, up to a fixed number, so that memory stays flat however much text goes by. What it holds
/// never changes a result.
/// </summary>
internal sealed class WordCache
{
    private const int Most = 1 << 16;
    private const int Longest = 64;
    private readonly ConcurrentDictionary<string, Segmentation> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Segmentation>.AlternateLookup<ReadOnlySpan<char>> _spans;
    private int _count;

    public WordCache() => _spans = _words.GetAlternateLookup<ReadOnlySpan<char>>();

    public Segmentation? Find(ReadOnlySpan<char> piece) =>
        piece.Length <= Longest && _spans.TryGetValue(piece, out var found) ? found : null;

    public void Keep(ReadOnlySpan<char> piece, Segmentation segmentation)
    {
        if (piece.Length <= Longest && Volatile.Read(ref _count) < Most && _spans.TryAdd(piece, segmentation))
        {
            Interlocked.Increment(ref _count);
        }
    }
}
