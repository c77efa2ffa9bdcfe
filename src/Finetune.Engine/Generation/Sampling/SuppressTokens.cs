namespace Finetune.Engine.Generation.Sampling;

/// <summary>Drops tokens wherever they come.</summary>
internal sealed class SuppressTokens(IReadOnlyList<int> ids) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        foreach (var id in ids)
        {
            scores[id] = double.NegativeInfinity;
        }
    }
}
