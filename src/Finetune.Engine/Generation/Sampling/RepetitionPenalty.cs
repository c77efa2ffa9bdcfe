namespace Finetune.Engine.Generation.Sampling;

/// <summary>CTRL's penalty (Keskar et al. 2019): each token of the context once, positive scores divided, negative ones
/// multiplied.</summary>
internal sealed class RepetitionPenalty(double penalty) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var seen = new HashSet<int>();
        foreach (var id in context)
        {
            if (seen.Add(id))
            {
                scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty;
            }
        }
    }
}
