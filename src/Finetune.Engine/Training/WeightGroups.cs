namespace Finetune.Engine.Training;

/// <summary>What single weights get of the learning rate and of decay.</summary>
public sealed record WeightGroups
{
    /// <summary>Weights without decay, besides those of fewer than two dimensions; see <see cref="NamePattern"/>.</summary>
    public IReadOnlyList<string> NoDecay { get; init; } = [];

    /// <summary>LoRA+ (Hayou et al. 2024): times the rate of B and of trained vectors; null is off.</summary>
    public double? LoraPlusRatio { get; init; }

    /// <summary>Times the rate of a layer for each layer above it; null is off. The head's is the rate itself, the
    /// highest layer's times the decay once, the embedding's once more than the lowest layer's.</summary>
    public double? LayerDecay { get; init; }
}
