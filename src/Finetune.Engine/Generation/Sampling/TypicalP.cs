namespace Finetune.Engine.Generation.Sampling;

/// <summary>
/// Locally typical sampling (Meister et al. 2023): keeps the tokens whose information, <c>-log p</c>, lies nearest the
/// entropy, until their probability reaches the mass. The likeliest may go; the nearest stays.
/// </summary>
internal sealed class TypicalP(double mass) : IScoreProcessor
{
    /// <inheritdoc/>
    public void Apply(Span<double> scores, ReadOnlySpan<int> context)
    {
        var probabilities = Probabilities.Softmax(scores);
        var entropy = Probabilities.Entropy(probabilities);
        double[] distances = [.. probabilities.Select(p => Math.Abs(-Math.Log(p) - entropy))];
        var nearest = Enumerable.Range(0, distances.Length).ToArray();
        Array.Sort(nearest, (a, b) => distances[a].CompareTo(distances[b]) is var by and not 0 ? by : a.CompareTo(b));
        var sum = 0.0;
        var last = 0;
        for (; last < nearest.Length - 1; last++)
        {
            sum += probabilities[nearest[last]];
            if (sum >= mass)
            {
                break;
            }
        }

        for (var i = 0; i < distances.Length; i++)
        {
            if (distances[i] > distances[nearest[last]])
            {
                scores[i] = double.NegativeInfinity;
            }
        }
    }
}
