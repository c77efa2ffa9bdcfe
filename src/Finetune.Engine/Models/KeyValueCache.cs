using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>Keys and values of one sequence, layer by layer, grown in place.</summary>
/// <param name="layers">Decoder layers.</param>
public sealed class KeyValueCache(int layers) : IDisposable
{
    private readonly (Tensor Keys, Tensor Values)?[] _store = new (Tensor, Tensor)?[layers];
    private readonly (Tensor Keys, Tensor Values)?[] _source = new (Tensor, Tensor)?[layers];
    private readonly int[] _lengths = new int[layers];

    private readonly List<long> _ids = [];

    /// <summary>Ids of the tokens held, where the model has them remembered.</summary>
    internal IReadOnlyList<long> Ids => _ids;

    /// <summary>Length of the sequence that the keys were made for, where the model has it remembered.</summary>
    internal int MadeFor { get; private set; }

    /// <summary>Whether the keys and values of a source are kept.</summary>
    internal bool HasSource => _source[^1] is not null;

    /// <summary>Tokens held.</summary>
    public int Length => _lengths[^1];

    /// <summary>
    /// Appends and returns all keys and values so far, as views that the caller may dispose.
    /// </summary>
    /// <param name="layer">Index of the decoder layer.</param>
    /// <param name="keys"><c>[key-value heads, new tokens, head size]</c>.</param>
    /// <param name="values">The same shape.</param>
    public (Tensor Keys, Tensor Values) Append(int layer, Tensor keys, Tensor values)
    {
        var added = (int)keys.shape[1];
        var length = _lengths[layer];
        var needed = length + added;
        if (_store[layer] is not { } held || held.Keys.shape[1] < needed)
        {
            var capacity = Math.Max(needed, Math.Min(2 * needed, needed + 256));
            var grownKeys = empty([keys.shape[0], capacity, keys.shape[2]], keys.dtype, keys.device);
            var grownValues = empty([keys.shape[0], capacity, keys.shape[2]], keys.dtype, keys.device);
            if (_store[layer] is { } old)
            {
                Copy(old.Keys, grownKeys, length);
                Copy(old.Values, grownValues, length);
                old.Keys.Dispose();
                old.Values.Dispose();
            }

            held = (grownKeys.DetachFromDisposeScope(), grownValues.DetachFromDisposeScope());
            _store[layer] = held;
        }

        using (var keySlot = held.Keys.narrow(1, length, added))
        using (var valueSlot = held.Values.narrow(1, length, added))
        {
            keySlot.copy_(keys);
            valueSlot.copy_(values);
        }

        _lengths[layer] = needed;
        return (held.Keys.narrow(1, 0, needed), held.Values.narrow(1, 0, needed));
    }

    /// <summary>Keeps what a layer looks at in an encoder's source: it is the same for every token.</summary>
    /// <param name="layer">Index of the decoder layer.</param>
    /// <param name="keys"><c>[heads, source tokens, head size]</c>.</param>
    /// <param name="values">The same shape.</param>
    internal void KeepSource(int layer, Tensor keys, Tensor values)
    {
        _source[layer]?.Keys.Dispose();
        _source[layer]?.Values.Dispose();
        _source[layer] = (
            keys.detach().contiguous().DetachFromDisposeScope(),
            values.detach().contiguous().DetachFromDisposeScope()
        );
    }

    /// <summary>The kept keys and values of a source.</summary>
    /// <param name="layer">Index of the decoder layer.</param>
    internal (Tensor Keys, Tensor Values) Source(int layer) => _source[layer]!.Value;

    /// <summary>Forgets all but the first tokens, e.g. to answer another choice after the same prompt.</summary>
    /// <param name="length">How many to keep.</param>
    public void Truncate(int length)
    {
        Array.Fill(_lengths, length);
        if (_ids.Count > length)
        {
            _ids.RemoveRange(length, _ids.Count - length);
        }
    }

    /// <summary>Remembers tokens whose keys are about to be appended, for models that may have to make them again.</summary>
    /// <param name="ids">The tokens.</param>
    internal void Remember(ReadOnlySpan<long> ids)
    {
        _ids.AddRange(ids);
        MadeFor = _ids.Count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pair in _store.Concat(_source))
        {
            pair?.Keys.Dispose();
            pair?.Values.Dispose();
        }
    }

    private static void Copy(Tensor from, Tensor to, int length)
    {
        using var source = from.narrow(1, 0, length);
        using var target = to.narrow(1, 0, length);
        target.copy_(source);
    }
}
