namespace Finetune.Engine.Generation.Sampling;

/// <summary>
/// Top-H (Potraghloo et al. 2025): of the hundred likeliest tokens, renormalised, those from the top whose parts of the
/// entropy sum to this share of it at most; the likeliest always stays.
/// </summary>
internal sealed class TopH(double share) : IScoreProcessor
{
    private const int Candidates = 100;

    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var ranked = Probabilities.Ranked(scores);
        var best = ranked.AsSpan(0, Math.Min(Candidates, ranked.Length));
        var top = new double[best.Length];
        for (var i = 0; i < top.Length; i++)
        {
            top[i] = scores[best[i]];
        }

        var probabilities = Probabilities.Softmax(top);
        var limit = share * Probabilities.Entropy(probabilities);
        var sum = 0.0;
        var kept = 0;
        for (; kept < top.Length; kept++)
        {
            sum += Probabilities.Part(probabilities[kept]);
            if (kept > 0 && sum > limit)
            {
                break;
            }
        }

        foreach (var i in ranked.AsSpan(kept))
        {
            scores[i] = double.NegativeInfinity;
        }
    }
}
