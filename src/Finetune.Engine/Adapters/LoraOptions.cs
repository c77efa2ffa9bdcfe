namespace Finetune.Engine.Adapters;

/// <summary>A low-rank adapter's settings.</summary>
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
);
