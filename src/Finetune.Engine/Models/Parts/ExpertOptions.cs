namespace Finetune.Engine.Models.Parts;

/// <summary>A mixture of feed-forward experts in place of one.</summary>
/// <param name="Count">Experts.</param>
/// <param name="Chosen">How many see a token.</param>
/// <param name="Width">Between an expert's projections.</param>
/// <param name="Normalized">The shares of the chosen are made to sum to one.</param>
/// <param name="Names">What an expert's projections are called.</param>
public sealed record ExpertOptions(int Count, int Chosen, int Width, bool Normalized, DecoderNames Names)
{
    /// <summary>What the projection that chooses is called.</summary>
    public string Router { get; init; } = "gate";

    /// <summary>Layers that have a plain feed-forward part all the same.</summary>
    public IReadOnlyList<int> DenseLayers { get; init; } = [];
}
