using Finetune.Graph.Diagnostics;
using Finetune.Graph.Documents;

namespace Finetune.Stages.Compilation.Binding;

/// <summary>
/// Reads a closed object key by key: whatever was not asked for is unknown, whatever was needed and is absent is
/// missing. <see cref="Close"/> says so.
/// </summary>
/// <param name="findings">Where faults go.</param>
/// <param name="node">The object.</param>
/// <param name="path">Its key path; empty for the root.</param>
/// <param name="place">Where missing keys are told: the key that holds the object.</param>
internal sealed class ObjectReader(Findings findings, MappingNode node, string path, SourceSpan place)
{
    private readonly List<string> _known = [];
    private readonly List<string> _missing = [];

    /// <summary>Where faults go.</summary>
    public Findings Findings => findings;

    /// <summary>The object's key path.</summary>
    public string Path => path;

    /// <summary>The key that holds the object.</summary>
    public SourceSpan Place => place;

    /// <summary>Whether nothing is in it.</summary>
    public bool IsEmpty => node.Entries.Count == 0;

    /// <summary>Whether the key is there, whatever its value.</summary>
    public bool Has(string key) => node.Find(key) is not null;

    /// <summary>The value of a key as it stands, unread.</summary>
    public Node? Peek(string key) => node[key];

    /// <summary>Where a key stands.</summary>
    public SourceSpan KeyPlace(string key) => node.Find(key)?.KeySpan ?? place;

    /// <summary>Whether some key of the object looks like a misspelt one.</summary>
    public bool MeansKey(string key) => node.Entries.Any(e => NearestMatch.Of(e.Key, [key]) is not null);

    /// <summary>The key path of a key of this object.</summary>
    public string PathOf(string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>The value of a key; null where it is absent or has no value.</summary>
    public ValueReader? Find(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }

        return node.Find(key) is { } entry ? Reader(entry) : null;
    }

    /// <summary>The value of a key that must be there.</summary>
    public ValueReader? Need(string key)
    {
        if (!Has(key))
        {
            _missing.Add(key);
        }

        return Find(key);
    }

    /// <summary>A text that must be there; empty after a fault.</summary>
    public string NeedText(string key) => Need(key)?.Text() ?? "";

    /// <summary>An optional text.</summary>
    public string? Text(string key) => Find(key)?.Text();

    /// <summary>An optional whole number.</summary>
    public int? Whole(string key, Bounds bounds) =>
        (int?)Find(key)?.Whole(bounds with { Maximum = Math.Min(bounds.Maximum, int.MaxValue) });

    /// <summary>An optional number.</summary>
    public double? Number(string key, Bounds bounds) => Find(key)?.Number(bounds);

    /// <summary>An optional list of texts.</summary>
    public IReadOnlyList<string>? Texts(string key, bool mayBeEmpty = false) => Find(key)?.Texts(mayBeEmpty);

    /// <summary>An object under a key.</summary>
    public ObjectReader? Object(string key) => Find(key)?.Object(node.Find(key)!.KeySpan);

    /// <summary>An object under a key that must be there.</summary>
    public ObjectReader? NeedObject(string key)
    {
        var value = Need(key);
        return value?.Object(node.Find(key)!.KeySpan);
    }

    /// <summary>Every entry of a map with names of the user's; faulty ones are left out.</summary>
    public IEnumerable<(string Name, SourceSpan Place, ValueReader Value)> Entries()
    {
        foreach (var entry in node.Entries)
        {
            _known.Add(entry.Key);
            if (Reader(entry) is { } value)
            {
                yield return (entry.Key, entry.KeySpan, value);
            }
        }
    }

    /// <summary>Tells unknown and missing keys.</summary>
    public void Close()
    {
        var meant = new HashSet<string>(StringComparer.Ordinal);
        var free = _known.Where(k => !Has(k)).ToList();
        foreach (var entry in node.Entries.Where(e => !_known.Contains(e.Key)))
        {
            var nearest = NearestMatch.Of(entry.Key, free) ?? NearestMatch.Of(entry.Key, _known);
            if (nearest is not null)
            {
                meant.Add(nearest);
            }

            findings.Add(
                Codes.UnknownKey,
                entry.KeySpan,
                PathOf(entry.Key),
                $"unknown key '{entry.Key}'{(path.Length == 0 ? "" : $" in '{path}'")}",
                nearest is null ? $"keys here: {string.Join(", ", _known)}" : $"did you mean '{nearest}'?"
            );
        }

        // A misspelt key is one fault, not two.
        foreach (var key in _missing.Where(k => !meant.Contains(k)))
        {
            findings.Add(
                Codes.MissingKey,
                place,
                PathOf(key),
                $"{(path.Length == 0 ? "the document" : $"'{path}'")} lacks the key '{key}'"
            );
        }
    }

    private ValueReader? Reader(MappingEntry entry)
    {
        var value = new ValueReader(findings, entry.Value, PathOf(entry.Key));
        if (entry.Value is not ScalarNode { Value: null })
        {
            return value;
        }

        // Where nothing is written, the scanner puts the value after the line; the key is where the eye looks.
        findings.Add(
            Codes.NoValue,
            entry.Value is ScalarNode { Text.Length: > 0 } written ? written.Span : entry.KeySpan,
            value.Path,
            $"'{value.Path}' has no value",
            "write one, or leave the key out to take its default"
        );
        return null;
    }
}
