namespace Finetune.Engine.Generation.Sampling;

/// <summary>Nucleus (Holtzman et al. 2020): from the least likely up, drops while the sum is at most 1 - p; the likeliest
/// always stays.</summary>
internal sealed class TopP(double mass) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var probabilities = Probabilities.Softmax(scores);
        var ranked = Probabilities.Ranked(scores);
        var sum = 0.0;
        for (var r = ranked.Length - 1; r > 0; r--)
        {
            sum += probabilities[ranked[r]];
            if (sum > 1 - mass)
            {
                break;
            }

            scores[ranked[r]] = double.NegativeInfinity;
        }
    }
}
