namespace Finetune.Engine.Generation.Sampling;

/// <summary>
/// Eta sampling (Hewitt et al. 2022): drops tokens less likely than <c>min(epsilon, sqrt(epsilon) * exp(-entropy))</c>;
/// the likeliest stays.
/// </summary>
internal sealed class EtaCutoff(double epsilon) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var probabilities = Probabilities.Softmax(scores);
        var eta = Math.Min(epsilon, Math.Sqrt(epsilon) * Math.Exp(-Probabilities.Entropy(probabilities)));
        Probabilities.DropBelow(scores, probabilities, Math.Min(eta, probabilities.Max()));
    }
}
