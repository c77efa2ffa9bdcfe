namespace Finetune.Engine.Generation.Sampling;

/// <summary>Divides the scores: below 1 the likely tokens gain, above 1 the unlikely ones.</summary>
internal sealed class Temperature(double temperature) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] /= temperature;
        }
    }
}
