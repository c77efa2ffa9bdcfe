namespace Finetune.Engine.Native;

/// <summary>
/// Which blocks of a range of bytes are taken. A block goes to the lowest place where it fits, and neighbours that are free
/// are one: what comes and goes stays low, and little lies idle between. Not safe for several threads.
/// </summary>
/// <param name="length">Bytes of the range.</param>
internal sealed class BlockMap(long length)
{
    /// <summary>Blocks begin at multiples of this.</summary>
    public const int Alignment = 64;

    // What is left of a place is a place of its own from this many bytes on.
    private const int SmallestRest = 16 << 10;

    // Where blocks begin, in order, and which are taken; between them there is nothing, the last one ends the range.
    private long[] _starts = new long[64];
    private bool[] _taken = new bool[64];
    private int _count = 1;

    // None before it is free.
    private int _lowest;

    /// <summary>Bytes that are taken.</summary>
    public long Taken { get; private set; }

    /// <summary>Where the highest block that ever was taken ended.</summary>
    public long Highest { get; private set; }

    /// <summary>Takes a block.</summary>
    /// <param name="size">Bytes.</param>
    /// <returns>Where it begins; -1 where no place is large enough.</returns>
    public long Take(long size)
    {
        var wanted = (size + Alignment - 1) / Alignment * Alignment;
        while (_lowest < _count && _taken[_lowest])
        {
            _lowest++;
        }

        for (var i = _lowest; i < _count; i++)
        {
            var rest = End(i) - _starts[i] - wanted;
            if (_taken[i] || rest < 0)
            {
                continue;
            }

            if (rest >= SmallestRest)
            {
                Insert(i + 1, _starts[i] + wanted);
            }

            _taken[i] = true;
            Taken += End(i) - _starts[i];
            Highest = Math.Max(Highest, End(i));
            return _starts[i];
        }

        return -1;
    }

    /// <summary>Gives a block back.</summary>
    /// <param name="start">Where it begins.</param>
    /// <exception cref="ArgumentException">No block that is taken begins there.</exception>
    public void Give(long start)
    {
        var at = Array.BinarySearch(_starts, 0, _count, start);
        if (at < 0 || !_taken[at])
        {
            throw new ArgumentException($"no block begins at {start}", nameof(start));
        }

        Taken -= End(at) - _starts[at];
        _taken[at] = false;
        if (at + 1 < _count && !_taken[at + 1])
        {
            Remove(at + 1);
        }

        if (at > 0 && !_taken[at - 1])
        {
            Remove(at--);
        }

        _lowest = Math.Min(_lowest, at);
    }

    private long End(int index) => index + 1 < _count ? _starts[index + 1] : length;

    private void Insert(int index, long start)
    {
        if (_count == _starts.Length)
        {
            Array.Resize(ref _starts, 2 * _count);
            Array.Resize(ref _taken, 2 * _count);
        }

        Array.Copy(_starts, index, _starts, index + 1, _count - index);
        Array.Copy(_taken, index, _taken, index + 1, _count - index);
        (_starts[index], _taken[index]) = (start, false);
        _count++;
    }

    private void Remove(int index)
    {
        Array.Copy(_starts, index + 1, _starts, index, _count - index - 1);
        Array.Copy(_taken, index + 1, _taken, index, _count - index - 1);
        _count--;
    }
}
