namespace Finetune.Engine.Generation;

/// <summary>Lets text through until a stop text, holding back what may be the beginning of one.</summary>
internal sealed class StopText(IReadOnlyList<string> stops)
{
    private readonly string[] _stops = [.. stops.Where(stop => stop.Length > 0)];
    private string _held = "";

    /// <summary>Whether a stop text was met.</summary>
    public bool Met { get; private set; }

    /// <summary>Takes more text; gives back what is certainly before any stop text.</summary>
    public string Push(string text)
    {
        if (Met)
        {
            return "";
        }

        _held += text;
        var first = _stops
            .Select(stop => _held.IndexOf(stop, StringComparison.Ordinal))
            .Where(at => at >= 0)
            .DefaultIfEmpty(-1)
            .Min();
        Met = first >= 0;
        return Release(Met ? first : _held.Length - HeldBack());
    }

    /// <summary>What is left when nothing follows.</summary>
    public string Flush() => Met ? "" : Release(_held.Length);

    private string Release(int length)
    {
        var released = _held[..length];
        _held = _held[length..];
        return released;
    }

    private int HeldBack()
    {
        var longest = 0;
        foreach (var stop in _stops)
        {
            for (var length = Math.Min(stop.Length - 1, _held.Length); length > longest; length--)
            {
                if (_held.AsSpan(_held.Length - length).SequenceEqual(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }
}
