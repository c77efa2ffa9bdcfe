namespace Finetune.Engine.Models.Managed;

/// <summary>Tokens that are computed together: of which sequence each is, and where it stands.</summary>
internal sealed class ManagedRows
{
    private readonly List<KeyValueCache> _caches = [];
    private readonly List<int> _ids = [];
    private readonly List<int> _positions = [];
    private readonly List<int> _lasts = [];

    /// <summary>How many.</summary>
    public int Count => _ids.Count;

    /// <summary>Places of each sequence's last.</summary>
    public IReadOnlyList<int> Lasts => _lasts;

    /// <summary>One more than the last position of all.</summary>
    public int Reach { get; private set; }

    /// <summary>Keys that all rows see, together.</summary>
    public long TokensSeen { get; private set; }

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _caches.Clear();
        _ids.Clear();
        _positions.Clear();
        _lasts.Clear();
        (Reach, TokensSeen) = (0, 0);
    }

    /// <summary>Adds the next tokens of a sequence.</summary>
    /// <param name="cache">The sequence's.</param>
    /// <param name="ids">At least one.</param>
    public void Add(KeyValueCache cache, ReadOnlySpan<int> ids)
    {
        var position = cache.Length;
        foreach (var id in ids)
        {
            _caches.Add(cache);
            _ids.Add(id);
            _positions.Add(position++);
            TokensSeen += position;
        }

        _lasts.Add(Count - 1);
        Reach = Math.Max(Reach, position);
    }

    /// <summary>A row's token.</summary>
    public int Id(int row) => _ids[row];

    /// <summary>A row's position in its sequence.</summary>
    public int Position(int row) => _positions[row];

    /// <summary>A row's sequence.</summary>
    public KeyValueCache Cache(int row) => _caches[row];
}
