namespace Finetune.Engine.Tokenizers.Patterns;

/// <summary>
/// A set of Unicode code points: an inversion list (sorted places where membership flips, the first one enters) and a
/// bitmap of the basic plane for matching.
/// </summary>
internal sealed class CodePointSet
{
    public const int Limit = 0x110000;

    public static readonly CodePointSet Empty = new([]);
    public static readonly CodePointSet All = new([0, Limit]);

    private readonly int[] _flips;
    private readonly Lazy<ulong[]> _plane;
    private readonly ulong _low;
    private readonly ulong _high;

    private CodePointSet(int[] flips)
    {
        _flips = flips;
        for (var i = 0; i < 64; i++)
        {
            _low |= Search(i) ? 1UL << i : 0;
            _high |= Search(i + 64) ? 1UL << i : 0;
        }

        _plane = new Lazy<ulong[]>(Plane);
    }

    public static CodePointSet Range(int first, int last) => new([first, last + 1]);

    public static CodePointSet Of(params ReadOnlySpan<int> points) => Where(points.ToArray());

    public static CodePointSet Where(IEnumerable<int> points)
    {
        var flips = new List<int>();
        foreach (var point in points.Distinct().Order())
        {
            Add(flips, point, point + 1);
        }

        return new CodePointSet([.. flips]);
    }

    /// <summary>Ranges as (first, last), sorted and apart.</summary>
    public static CodePointSet Ranges(params ReadOnlySpan<(int First, int Last)> ranges)
    {
        var flips = new List<int>();
        foreach (var (first, last) in ranges)
        {
            Add(flips, first, last + 1);
        }

        return new CodePointSet([.. flips]);
    }

    public IEnumerable<(int First, int Last)> Spans()
    {
        for (var i = 0; i < _flips.Length; i += 2)
        {
            yield return (_flips[i], _flips[i + 1] - 1);
        }
    }

    public CodePointSet Not()
    {
        var flips = new List<int>(_flips.Length + 2);
        if (_flips.Length == 0 || _flips[0] != 0)
        {
            flips.Add(0);
        }

        flips.AddRange(_flips.Where(flip => flip != 0 && flip != Limit));
        if (flips.Count % 2 == 1)
        {
            flips.Add(Limit);
        }

        return new CodePointSet([.. flips]);
    }

    public CodePointSet Or(CodePointSet other)
    {
        var flips = new List<int>(_flips.Length + other._flips.Length);
        foreach (var (first, last) in Spans().Concat(other.Spans()).OrderBy(span => span.First))
        {
            Add(flips, first, last + 1);
        }

        return new CodePointSet([.. flips]);
    }

    public CodePointSet And(CodePointSet other) => Not().Or(other.Not()).Not();

    public bool Contains(int point)
    {
        if (point < 64)
        {
            return (_low >> point & 1) != 0;
        }

        if (point < 128)
        {
            return (_high >> (point - 64) & 1) != 0;
        }

        return point < 0x10000 ? (_plane.Value[point >> 6] >> (point & 63) & 1) != 0 : Search(point);
    }

    private static void Add(List<int> flips, int start, int end)
    {
        if (flips.Count > 0 && flips[^1] >= start)
        {
            flips[^1] = Math.Max(flips[^1], end);
            return;
        }

        flips.Add(start);
        flips.Add(end);
    }

    private bool Search(int point)
    {
        var index = Array.BinarySearch(_flips, point);
        return (index >= 0 ? index : ~index - 1) % 2 == 0;
    }

    private ulong[] Plane()
    {
        var plane = new ulong[1024];
        foreach (var (first, last) in Spans())
        {
            for (var point = first; point <= Math.Min(last, 0xFFFF); point++)
            {
                plane[point >> 6] |= 1UL << (point & 63);
            }
        }

        return plane;
    }
}
