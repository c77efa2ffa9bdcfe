using Finetune.Engine.Models.Managed;
using Finetune.Engine.Native;
using static TorchSharp.torch;

namespace Finetune.Engine.Models;

/// <summary>Keys and values of one sequence, layer by layer, in tensors with room to spare that are grown by doubling.</summary>
/// <param name="layers">Decoder layers.</param>
public sealed class KeyValueCache(int layers) : IDisposable
{
    // Tokens that a cache has room for beyond its first ones.
    private const int FirstRoom = 64;

    private readonly (Tensor Keys, Tensor Values)?[] _store = new (Tensor, Tensor)?[layers];
    private readonly (Tensor Keys, Tensor Values)?[] _source = new (Tensor, Tensor)?[layers];
    private readonly CacheSlot[] _slots = new CacheSlot[layers];
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
        var shape = keys.shape;
        var added = (int)shape[1];
        var length = _lengths[layer];
        var needed = length + added;
        var held = Room(layer, shape[0], shape[2], needed, keys.dtype, keys.device);
        using (var keySlot = held.Keys.narrow(1, length, added))
        using (var valueSlot = held.Values.narrow(1, length, added))
        {
            keySlot.copy_(keys);
            valueSlot.copy_(values);
        }

        _lengths[layer] = needed;
        return (held.Keys.narrow(1, 0, needed), held.Values.narrow(1, 0, needed));
    }

    /// <summary>Begins with what another sequence began with, as if its tokens had been computed here.</summary>
    /// <param name="other">Holds at least as many.</param>
    /// <param name="length">How many.</param>
    internal void Adopt(KeyValueCache other, int length)
    {
        Truncate(0);
        for (var layer = 0; layer < layers; layer++)
        {
            var (keys, values) = other._store[layer]!.Value;
            using var first = keys.narrow(1, 0, length);
            using var second = values.narrow(1, 0, length);
            var (all, mixed) = Append(layer, first, second);
            all.Dispose();
            mixed.Dispose();
        }
    }

    /// <summary>Puts one token's keys and values at its position, in place; float32 on the processor.</summary>
    /// <param name="layer">Index of the decoder layer.</param>
    /// <param name="position">The token's.</param>
    /// <param name="heads">Key-value heads.</param>
    /// <param name="size">Width of a head.</param>
    /// <param name="keys"><c>[heads, size]</c>.</param>
    /// <param name="values">The same shape.</param>
    internal unsafe void Put(int layer, int position, int heads, int size, float* keys, float* values)
    {
        if (_slots[layer].Capacity <= position)
        {
            Room(layer, heads, size, position + 1, ScalarType.Float32, CPU);
        }

        var slot = _slots[layer];
        for (var head = 0; head < heads; head++)
        {
            var place = ((long)head * slot.Capacity + position) * size;
            new ReadOnlySpan<float>(keys + head * size, size).CopyTo(new Span<float>(slot.Keys + place, size));
            new ReadOnlySpan<float>(values + head * size, size).CopyTo(new Span<float>(slot.Values + place, size));
        }

        _lengths[layer] = position + 1;
    }

    /// <summary>Where a layer's numbers lie; float32 on the processor, with something in it.</summary>
    internal CacheSlot Slot(int layer) => _slots[layer];

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

    private (Tensor Keys, Tensor Values) Room(
        int layer,
        long heads,
        long size,
        int needed,
        ScalarType type,
        Device device
    )
    {
        if (_store[layer] is { } held && held.Keys.shape[1] >= needed)
        {
            return held;
        }

        using var noGrad = no_grad();
        var capacity = _store[layer] is { } small ? Math.Max(needed, 2 * (int)small.Keys.shape[1]) : needed + FirstRoom;
        var keys = empty([heads, capacity, size], type, device).DetachFromDisposeScope();
        var values = empty([heads, capacity, size], type, device).DetachFromDisposeScope();
        if (_store[layer] is { } old)
        {
            Copy(old.Keys, keys, _lengths[layer]);
            Copy(old.Values, values, _lengths[layer]);
            old.Keys.Dispose();
            old.Values.Dispose();
        }

        _slots[layer] = TensorMemory.IsPlain(keys) ? CacheSlot.Of(keys, values, capacity) : default;
        _store[layer] = (keys, values);
        return (keys, values);
    }

    private static void Copy(Tensor from, Tensor to, int length)
    {
        using var source = from.narrow(1, 0, length);
        using var target = to.narrow(1, 0, length);
        target.copy_(source);
    }
}
