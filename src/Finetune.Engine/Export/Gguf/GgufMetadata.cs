namespace Finetune.Engine.Export.Gguf;

/// <summary>The keys and values of a GGUF file, in the order in which they are added. Values are <c>uint</c>, <c>int</c>,
/// <c>float</c>, <c>bool</c>, <c>string</c>, or arrays of <c>string</c>, <c>float</c> or <c>int</c>.</summary>
public sealed class GgufMetadata
{
    private readonly OrderedDictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>All of it, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Entries => [.. _values];

    /// <summary>Adds a value; null adds nothing.</summary>
    /// <exception cref="ArgumentException">The key is there already.</exception>
    public void Add(string key, object? value)
    {
        if (value is not null)
        {
            _values.Add(key, value);
        }
    }

    /// <summary>The value of a key, or null.</summary>
    public object? Find(string key) => _values.GetValueOrDefault(key);
}
