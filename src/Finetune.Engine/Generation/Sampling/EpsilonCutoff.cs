namespace Finetune.Engine.Generation.Sampling;

/// <summary>Drops tokens less likely than a threshold (Hewitt et al. 2022); the likeliest stays.</summary>
internal sealed class EpsilonCutoff(double threshold) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var probabilities = Probabilities.Softmax(scores);
        Probabilities.DropBelow(scores, probabilities, Math.Min(threshold, probabilities.Max()));
    }
}
