namespace Finetune.Engine.Generation.Sampling;

/// <summary>Drops tokens less likely than a share of the likeliest (Nguyen et al. 2024).</summary>
internal sealed class MinP(double share) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var probabilities = Probabilities.Softmax(scores);
        Probabilities.DropBelow(scores, probabilities, share * probabilities.Max());
    }
}
