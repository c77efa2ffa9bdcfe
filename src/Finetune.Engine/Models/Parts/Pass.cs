using static TorchSharp.torch;

namespace Finetune.Engine.Models.Parts;

/// <summary>What all layers of one forward pass share.</summary>
/// <param name="Layout">Where documents lie.</param>
/// <param name="Rotations">Layer by layer, cosines and sines of the positions; null where a layer turns nothing.</param>
/// <param name="Caches">One a document, or null.</param>
public sealed record Pass(
    DocumentLayout Layout,
    IReadOnlyList<Rotation?> Rotations,
    IReadOnlyList<KeyValueCache>? Caches
)
{
    /// <summary>Document by document, who sees whom where that is not plain causality; null where it is.</summary>
    internal IReadOnlyList<Tensor>? Sights { get; init; }

    /// <summary>The same with another rotation of one layer.</summary>
    public Pass With(int layer, Rotation rotation) =>
        this with
        {
            Rotations = [.. Rotations.Select((given, index) => index == layer ? rotation : given)],
        };
}
