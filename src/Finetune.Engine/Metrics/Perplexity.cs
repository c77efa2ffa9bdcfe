namespace Finetune.Engine.Metrics;

/// <summary>exp of the mean negative log-likelihood of a label token, pooled over all examples.</summary>
public static class Perplexity
{
    /// <summary>Natural logarithms; NaN for no tokens.</summary>
    /// <param name="examples">Sum of log-probabilities and number of tokens.</param>
    public static double Of(IEnumerable<(double LogProb, int Tokens)> examples)
    {
        var logProb = 0.0;
        long tokens = 0;
        foreach (var example in examples)
        {
            logProb += example.LogProb;
            tokens += example.Tokens;
        }

        return Math.Exp(-logProb / tokens);
    }
}
