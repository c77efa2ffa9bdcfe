namespace Finetune.Engine.Generation.Sampling;

/// <summary>Keeps the k highest scores, and all as high as the last of them.</summary>
internal sealed class TopK(int count) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        if (count >= scores.Length)
        {
            return;
        }

        var sorted = scores.ToArray();
        Array.Sort(sorted);
        Probabilities.DropBelow(scores, scores, sorted[^count]);
    }
}
