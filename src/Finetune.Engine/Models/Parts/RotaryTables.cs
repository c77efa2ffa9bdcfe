using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>Makes the rotations of a pass, one for each setting among the layers, shared by those that have it.</summary>
internal sealed class RotaryTables : IDisposable
{
    private readonly RopeOptions?[] _layers;
    private readonly Dictionary<RopeOptions, Tensor> _frequencies;

    /// <summary>Makes the frequencies that no sequence changes.</summary>
    /// <param name="options">The decoder's shape.</param>
    public RotaryTables(DecoderOptions options)
    {
        _layers = [.. Enumerable.Range(0, options.Layers).Select(options.RopeOf)];
        _frequencies = _layers
            .OfType<RopeOptions>()
            .Distinct()
            .ToDictionary(rope => rope, rope => RopeFrequencies.Of(rope, 0).DetachFromDisposeScope());
    }

    /// <summary>Whether a growing sequence may ask for other keys than those already made.</summary>
    public bool Outgrows => _frequencies.Keys.Any(rope => rope.Kind == RopeKind.LongRope);

    /// <summary>Whether keys in a cache of one length cannot be used by a sequence of another.</summary>
    public bool Outgrown(int before, int after) =>
        _frequencies.Keys.Any(rope => rope.Outgrown(before) != rope.Outgrown(after));

    /// <summary>Rotations, layer by layer; null where a layer turns nothing.</summary>
    /// <param name="positions"><c>[tokens]</c> int64, in the layout's order.</param>
    /// <param name="stretches">Tokens that lie together, and how long their sequences are.</param>
    /// <param name="type">The model's numbers.</param>
    public IReadOnlyList<Rotation?> Of(
        Tensor positions,
        IReadOnlyList<(long Tokens, int Length)> stretches,
        ScalarType type
    )
    {
        var made = _frequencies.ToDictionary(
            pair => pair.Key,
            pair => Rotation.Of(pair.Key, positions, Frequencies(pair.Key, stretches, positions.device), type)
        );
        return [.. _layers.Select(rope => rope is null ? null : made[rope])];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var frequencies in _frequencies.Values)
        {
            frequencies.Dispose();
        }
    }

    private Tensor Frequencies(RopeOptions rope, IReadOnlyList<(long Tokens, int Length)> stretches, Device device) =>
        rope.ByLength && stretches.Any(s => s.Length > rope.OriginalPositions)
            ? cat(
                    stretches
                        .Select(s => RopeFrequencies.Of(rope, s.Length).unsqueeze(0).expand(s.Tokens, -1))
                        .ToArray(),
                    0
                )
                .to(device)
            : _frequencies[rope].to(device);
}
