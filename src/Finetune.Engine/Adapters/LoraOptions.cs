namespace Finetune.Engine.Adapters;

/// <summary>A low-rank adapter's settings, as PEFT's <c>LoraConfig</c> has them.</summary>
/// <param name="Rank">Rows of A, columns of B.</param>
/// <param name="Alpha">The addition is scaled by alpha / rank.</param>
/// <param name="Dropout">Share of inputs dropped in training.</param>
/// <param name="RankStabilized">Scale by alpha / sqrt(rank) instead.</param>
/// <param name="Targets">Names of linear layers, whole or their last parts; null for every one but the head.</param>
public sealed record LoraOptions(
    int Rank,
    double Alpha,
    double Dropout,
    bool RankStabilized,
    IReadOnlyList<string>? Targets
)
{
    /// <summary>The only layers that get a pair (PEFT's <c>layers_to_transform</c>); null for all.</summary>
    public AdaptedLayers? Layers { get; init; }

    /// <summary>Whether weights are split into magnitude and direction (DoRA, Liu et al. 2024).</summary>
    public bool Dora { get; init; }

    /// <summary>Ranks of layers that have another: a regular expression over the end of a name, and the rank; the first
    /// that matches counts.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> RankPattern { get; init; } = [];

    /// <summary>Alphas of layers that have another, as <see cref="RankPattern"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> AlphaPattern { get; init; } = [];

    /// <summary>Ends of names of modules that are trained whole beside the adapter, such as <c>lm_head</c>.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Which biases are trained: <c>none</c>, <c>all</c>, or <c>lora_only</c> (those of target layers).</summary>
    public string Bias { get; init; } = "none";
}
