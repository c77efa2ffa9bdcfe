namespace Finetune.Engine.Generation.Sampling;

/// <summary>
/// Presence and frequency penalty as OpenAI defines them: <c>s - frequency * count - presence * (count &gt; 0)</c>.
/// </summary>
internal sealed class CountPenalty(double presence, double frequency) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var seen = new HashSet<int>();
        foreach (var id in context)
        {
            scores[id] -= seen.Add(id) ? frequency + presence : frequency;
        }
    }
}
